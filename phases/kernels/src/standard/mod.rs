//! The `standard` rules of `normalisation.md`: what clean data means here.
//!
//! Rules are data: the words and aliases are in `rules/tables/*.txt`, which are compiled in and read once. Each function is
//! idempotent, returns the same for NFC and NFD, and never empties a text that held a letter.

pub mod company;
pub mod place;
pub mod title;

pub use crate::rules::source::{Source, TableError};
