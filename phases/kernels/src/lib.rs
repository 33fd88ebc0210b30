//! Titles, companies, places, facts, salaries and deadlines: pure functions, and the Arrow kernels that run them over a batch.
//!
//! This crate knows neither the runner nor the database, and depends on no other crate of the workspace. The phases
//! `data_processing` and `job_facts` run it. The pipeline parses salaries and deadlines by SQL functions, which get their words,
//! patterns and limits from the modules [`salary`] and [`deadline`].
//!
//! There are two rule sets: [`standard`], and [`v1`], which returns exactly the results of the Python pipeline.
//!
//! ```
//! use jobinsight_kernels::{standard, v1};
//!
//! let title = "[Hà Nội] Kế Toán Trưởng - Thu Nhập 20 Triệu";
//! assert_eq!(standard::title::clean(title).text, "Kế Toán Trưởng");
//! assert_eq!(v1::clean_title(title), "Hà Nội"); // the result of the old pipeline
//! assert_eq!(standard::company::standardize("CTCP HQSOFT"), "Công ty Cổ phần Hqsoft");
//! assert_eq!(standard::place::codes("Hồ Chí Minh, Hà Nội"), ["VN-SG", "VN-HN"]);
//! ```
//!
//! # Module order
//!
//! 1. `input`, `pattern`, `rule_set`, `short_text`, `tables`, `text`, `warnings`
//! 2. `cache`, `deadline`, `fingerprint`, `rules`, `salary`, `steps`, `v1`
//! 3. `standard`
//! 4. `rule_book`, `rules_name`
//! 5. `kernel`
//! 6. `explain`
//! 7. `facts`
//! 8. `clean`
#![forbid(unsafe_code)]

mod cache;
pub mod clean;
pub mod deadline;
pub mod explain;
pub mod facts;
pub mod fingerprint;
mod input;
pub mod kernel;
mod pattern;
mod rule_book;
mod rule_set;
mod rules;
mod rules_name;
pub mod salary;
pub mod short_text;
pub mod standard;
mod steps;
mod tables;
pub mod text;
pub mod v1;
pub mod warnings;

pub use pattern::Pattern;
pub use rule_book::RuleBook;
pub use rule_set::RuleSet;
pub use rules::shipped::TABLES;
pub use rules_name::rules_name;
pub use steps::Step;
pub use tables::{ChangedTable, RuleTable, TableError, TableLine};
pub use warnings::Warnings;
