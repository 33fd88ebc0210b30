//! Titles, companies and places: pure functions, the Arrow kernel that runs them over a batch, and the phase.
//!
//! There are two rule sets: [`standard`], and [`v1`], which returns exactly the results of the Python pipeline.
//!
//! ```
//! use jobinsight_data_processing::{standard, v1};
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
//! 1. `text`, `warnings`
//! 2. `cache`, `rules`, `v1`
//! 3. `standard`
//! 4. `rule_book`
//! 5. `kernel`
//! 6. `explain`
//! 7. `phase`
#![forbid(unsafe_code)]

mod cache;
mod explain;
pub mod kernel;
mod phase;
mod rule_book;
mod rules;
pub mod standard;
pub mod text;
pub mod v1;
mod warnings;

pub use phase::DataProcessingSettings;
pub use warnings::Warnings;
