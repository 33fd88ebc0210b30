//! The results of a run, as data and as text.

pub mod results;
pub(crate) mod text;
mod wrapping;
