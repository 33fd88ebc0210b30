//! Phase `data_processing`: cleans titles, companies and places by the kernels of `jobinsight-kernels`.
//!
//! # Module order
//!
//! 1. `rules`
//! 2. `explain`
//! 3. `phase`
#![forbid(unsafe_code)]

mod explain;
mod phase;
mod rules;

pub use phase::DataProcessingSettings;
