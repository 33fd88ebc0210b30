//! The command with additional phases, as a user types it, on a real database.
//!
//! # Module order
//! 1. `sandbox`
//! 2. `fill`, `pipeline`
//! 3. `fill_interrupted`, `fill_refused`
#![allow(missing_docs, clippy::unwrap_used)]

mod fill;
mod fill_interrupted;
mod fill_refused;
mod pipeline;
mod sandbox;
