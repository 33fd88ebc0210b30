//! The tables that other programs write and read: their columns, the meaning of each, and the rules for its values.

mod dbt;
mod table;

pub(crate) use dbt::{models, sources};
