//! The parts of a phase of the JobInsight ETL.
//!
//! This crate knows nothing about job postings. Terms:
//!
//! - A **phase** is a plug-in: a settings struct and a [`Role`], registered through [`inventory`] as a [`PhaseSpec`].
//! - A **role** decides what a phase receives and returns: [`Once`] works for the whole run, [`Load`] returns a
//!   [`Batch`], [`Process`] turns a batch into a batch, [`Save`] turns a batch into [`Committed`].
//! - A **lane** carries one batch at a time through consecutive batch phases. Several lanes work in parallel.
//! - A **context** ([`PhaseContext`]) is the part of the run that a phase sees: pool, settings, cancellation, counters.
//! - A **code** ([`Code`]) is a kind of error. Every [`EtlError`] has one; [`codes!`] declares it.
//!
//! # Module order
//! 1. `advice`, `counts`, `failpoints`, `heartbeat`, `metrics`, `plural`, `reader_table`, `resource`, `role_kind`, `spelling`
//! 2. `error`, `needed_columns`
//! 3. `batch`, `clock`, `state`
//! 4. `batch_rows`, `columns`, `settings`
//! 5. `database`, `explain`, `quality_gate`
//! 6. `run_ledger`
//! 7. `context`
//! 8. `phase`
//! 9. `batch_contract`, `registry`
//! 10. `phase_panic`
//! 11. `configuration`
//! 12. `testing`
//!
//! # Example
//! ```
//! use jobinsight_core::{async_trait, Batch, Plugin, PhaseContext, PhaseSpec, Process, Result, Role, RoleKind, Settings};
//!
//! #[derive(Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
//! #[serde(default, deny_unknown_fields)]
//! struct NoSettings {}
//!
//! struct PassThrough;
//!
//! #[async_trait]
//! impl Process for PassThrough {
//!     async fn process(&self, _cx: &PhaseContext<'_>, batch: Batch) -> Result<Batch> {
//!         Ok(batch)
//!     }
//! }
//!
//! impl Plugin for PassThrough {
//!     const NAME: &'static str = "pass_through";
//!     const ABOUT: &'static str = "returns every batch unchanged";
//!     const ROLE: RoleKind = RoleKind::Process;
//!     type Settings = NoSettings;
//!     fn build(_: NoSettings, _: &Settings) -> Result<Role> {
//!         Ok(Role::Process(Box::new(PassThrough)))
//!     }
//! }
//!
//! jobinsight_core::inventory::submit! { PhaseSpec::of::<PassThrough>() }
//! assert!(jobinsight_core::registry::find("pass_through").is_some());
//! ```
#![forbid(unsafe_code)]

pub mod advice;
mod batch;
pub mod batch_contract;
mod batch_rows;
pub mod clock;
mod columns;
pub mod configuration;
mod context;
mod counts;
pub mod database;
mod error;
pub mod explain;
pub mod failpoints;
pub mod heartbeat;
pub mod metrics;
mod needed_columns;
mod phase;
pub mod phase_panic;
pub mod plural;
pub mod quality_gate;
mod reader_table;
pub mod registry;
mod resource;
mod role_kind;
mod run_ledger;
pub mod settings;
pub mod spelling;
pub mod state;
#[cfg(feature = "testing")]
pub mod testing;

pub use arrow_array;
pub use arrow_schema::{self, DataType};
pub use async_trait::async_trait;
pub use batch::{Batch, Outcome, Reject, Warning};
pub use context::{PhaseContext, RunContext};
pub use counts::{PlanForecast, RunCounts};
pub use error::{Code, EtlError, Kind, Result, codes, is_raised_by_user, raised_by_user_in_sql};
pub use inventory;
pub use needed_columns::NeededColumns;
pub use phase::{
    Check, Forecast, Load, Once, PhaseSpec, Plugin, Process, Role, RuleSetName, Save, StoringTable,
};
pub use quality_gate::Judged;
pub use reader_table::ReaderTable;
pub use resource::Resource;
pub use role_kind::RoleKind;
pub use run_ledger::{Committed, RunLedger};
pub use settings::{Loaded, RuleSet, RuleTable, Settings};
