//! What is said about a run: its results as data and as text, and the error codes.

pub(crate) mod codes;
pub mod results;
pub(crate) mod text;
