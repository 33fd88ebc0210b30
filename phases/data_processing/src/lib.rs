//! Titles, companies and places: pure functions and the Arrow kernel that runs them.

pub mod text;
pub mod v1;
