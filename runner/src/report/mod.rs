//! The results of a run, as data and as text.

pub(crate) mod metrics;
mod output;
pub mod place;
pub mod results;
pub(crate) mod stats;
pub(crate) mod table;
pub(crate) mod text;
mod width;
pub(crate) mod wrapping;

pub(crate) use output::{ErrorOutput, Output, stored};
