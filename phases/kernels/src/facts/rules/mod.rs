//! The rule tables, and how their phrases are found in a text.
//!
//! # Module order
//! 1. `line`, `shipped`
//! 2. `phrases`

pub(crate) mod line;
pub(crate) mod phrases;
pub(crate) mod shipped;
