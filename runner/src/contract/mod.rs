//! The tables that other programs write and read: their columns, the meaning of each, and the rules for its values.

mod check;
mod dbt;
mod odcs;
mod table;
mod yaml;

pub(crate) use check::{Difference, raw as compare_raw, staging as compare_staging};
pub(crate) use dbt::{models, sources};
pub(crate) use odcs::{DataContract, document, raw, staging};
pub(crate) use yaml::yaml;
