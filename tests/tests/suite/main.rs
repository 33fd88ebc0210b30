//! Stories of the whole pipeline, on a real PostgreSQL.
#![allow(missing_docs, clippy::unwrap_used)]

mod commands;
mod contract;
mod editors;
mod explain_row;
mod faults;
mod goldens;
mod helping;
mod import;
mod integrity;
mod output;
mod phases;
mod publishing;
mod rules;
mod salaries;
mod schema;
mod settings;
mod stopping;
mod wording;
