//! The transforms of the Python pipeline that this system replaces, defects included.
//!
//! A team that migrates compares the two pipelines row by row, so nothing is fixed here. Each result
//! must equal its line of `golden/v1_transforms.jsonl` to the letter. The better rules are in [`crate::standard`].

mod chars;
pub mod company;
mod entity;
pub mod place;
mod soup;
pub mod title;

pub use company::clean_company_name;
pub use place::{extract_location_info, refine_location};
pub use title::clean_title;
