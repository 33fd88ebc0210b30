//! The ledger in PostgreSQL: runs, their phases, their processes, and every change of state.

mod batches;
mod crawl;
mod figures;
mod foreign;
mod handle;
mod history;
mod late_reader;
mod queue;
mod runs;

pub(crate) use batches::{Batches, is_lost, is_work_lost, taken_over};
pub(crate) use crawl::Crawl;
pub(crate) use figures::last_success;
pub(crate) use foreign::ForeignSince;
pub(crate) use handle::{Ledger, exists, host, run_in_name};
pub(crate) use history::{
    Event, PendingQueue, PhaseEntry, ProcessEntry, RunEntry, fillable, pending, runs,
};
pub(crate) use late_reader::LateReader;
pub(crate) use queue::Queue;
pub(crate) use runs::RunHeader;
