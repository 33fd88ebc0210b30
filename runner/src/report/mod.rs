//! The results of a run, as data and as text.

pub mod place;
pub mod results;
mod stats;
pub(crate) mod table;
pub(crate) mod text;
mod width;
pub(crate) mod wrapping;
