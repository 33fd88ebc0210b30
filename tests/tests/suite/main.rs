//! End-to-end tests of the whole pipeline on a real PostgreSQL.
//!
//! # Module order
//! 1. `advice`, `age_of_crawl`, `clean_tables`, `contract`, `database_address`, `explain_row`, `goldens`, `import`, `import_types`, `job_facts`,
//!    `labels`, `large_rows`, `libpq_parameters`, `metrics`, `notifications`, `objects_of_others`, `openlineage`, `other_engines`, `other_programs`, `output`, `outside_phases`,
//!    `postgres_versions`, `publications`, `publishing`, `quality_gate`, `reading_staging`, `refused_parameters`, `rejected_rows`, `report`,
//!    `rules`, `schema`, `settings`, `settings_schema`, `title_salary`, `triggers_of_others`,
//!    `troubleshooting`, `upgrades`, `waiting_for_upstream`, `widths`, `wording`, `wrong_settings`
//! 2. `commands`, `data_contract`, `dbt`, `demo`, `generated_texts`, `narrow_columns`, `progress`, `real_salaries`, `rows_in_both_tables`,
//!    `rule_change`, `rule_switch`, `schema_versions`
//! 3. `dry_run`, `faults`, `parsers_in_rust`, `stopping`
//! 4. `distributed`, `partitions`
#![allow(missing_docs, clippy::unwrap_used)]

mod advice;
mod age_of_crawl;
mod clean_tables;
mod commands;
mod contract;
mod data_contract;
mod database_address;
mod dbt;
mod demo;
mod distributed;
mod dry_run;
mod explain_row;
mod faults;
mod generated_texts;
mod goldens;
mod import;
mod import_types;
mod job_facts;
mod labels;
mod large_rows;
mod libpq_parameters;
mod metrics;
mod narrow_columns;
mod notifications;
mod objects_of_others;
mod openlineage;
mod other_engines;
mod other_programs;
mod output;
mod outside_phases;
mod parsers_in_rust;
mod partitions;
mod postgres_versions;
mod progress;
mod publications;
mod publishing;
mod quality_gate;
mod reading_staging;
mod real_salaries;
mod refused_parameters;
mod rejected_rows;
mod report;
mod rows_in_both_tables;
mod rule_change;
mod rule_switch;
mod rules;
mod schema;
mod schema_versions;
mod settings;
mod settings_schema;
mod stopping;
mod title_salary;
mod triggers_of_others;
mod troubleshooting;
mod upgrades;
mod waiting_for_upstream;
mod widths;
mod wording;
mod wrong_settings;
