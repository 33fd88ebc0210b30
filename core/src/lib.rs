//! What a phase of the JobInsight ETL is.
//!
//! This crate knows no job posting. Its words:
//!
//! - a **phase** is a plug-in: a settings struct and a [`Role`], registered through [`inventory`] as a [`PhaseSpec`];
//! - a **role** says what a phase takes and gives: [`Once`] works for the whole run, [`Load`] gives a [`Batch`],
//!   [`Process`] turns a batch into a batch, [`Save`] turns a batch into [`Committed`];
//! - a **lane** carries one batch at a time through the consecutive batch phases; several lanes run side by side;
//! - a **context** ([`PhaseContext`]) is all that a phase sees of the run: pool, settings, cancellation, counters.
//!
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
//!     const ABOUT: &'static str = "hands every batch on as it is";
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

mod batch;
pub mod clock;
mod columns;
mod context;
pub mod database;
mod error;
pub mod explain;
pub mod fault;
mod gate;
pub mod metrics;
mod phase;
pub mod promise;
pub mod registry;
pub mod settings;
#[cfg(feature = "testing")]
pub mod testing;

pub use arrow_array;
pub use async_trait::async_trait;
pub use batch::{Batch, Outcome, Reject};
pub use context::{Committed, PhaseContext, RunContext, RunCounts, RunLedger};
pub use error::{EtlError, Kind, Result};
pub use gate::Judged;
pub use inventory;
pub use phase::{
    Check, Load, Once, PhaseSpec, Plugin, Process, Role, RoleKind, RuleTable, Save, Warning,
};
pub use settings::{Loaded, RuleSet, Settings};
