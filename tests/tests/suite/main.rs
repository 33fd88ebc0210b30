//! End-to-end tests of the whole pipeline on a real PostgreSQL.
#![allow(missing_docs, clippy::unwrap_used)]

mod commands;
mod contract;
mod database_address;
mod explain_row;
mod faults;
mod generated_texts;
mod goldens;
mod import;
mod output;
mod outside_phases;
mod publishing;
mod quality_gate;
mod rejected_rows;
mod rules;
mod schema;
mod settings;
mod settings_schema;
mod stopping;
mod troubleshooting;
mod wording;
