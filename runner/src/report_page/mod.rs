//! The report of a run: figures of the ledger and of the tables, as JSON and as one HTML page.
//!
//! 1. [`report`] reads the figures, in one transaction.
//! 2. [`drawing`] computes the pictures from the figures.
//! 3. [`page`] fills the figures and the pictures into the templates. The page contains the figures as JSON, too.

mod crawl;
mod drawing;
mod examples;
mod figures;
mod flow;
mod history;
mod lanes;
mod page;
mod phases;
mod quality;
mod rejected;
mod report;
mod run;
mod settings;
mod verdict;

pub(crate) use page::html;
pub(crate) use report::{RunReport, Subject, begin};
