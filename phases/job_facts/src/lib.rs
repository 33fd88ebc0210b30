//! Phase `job_facts`: what a posting says besides the name of the job.
//!
//! The phase reads experience, level, work mode, employment type, languages and skills from the raw texts, and computes a key
//! that is equal for one job under several ids. A fact that nothing states is NULL. The facts are in the table `job_facts`,
//! and the view `jobs` joins them to `staging_jobs` by key *and fingerprint*. So it is safe to write facts before their batch
//! is published, and to write them twice.
//!
//! The crate `jobinsight-kernels` reads the facts: [`jobinsight_kernels::facts`].
//!
//! # Module order
//! 1. `rules`
//! 2. `columns`, `explain`, `first_load`
//! 3. `write`
//! 4. `store`
//! 5. `phase`
#![forbid(unsafe_code)]

mod columns;
mod explain;
mod first_load;
mod phase;
mod rules;
mod store;
mod write;

pub use phase::JobFactsSettings;
