//! A test kit for phases: a context, batches from literals, assertions. Feature `testing`.
//!
//! A test of a phase has ten lines, and treats the phase as a run does: the settings are read as from a file, the phase
//! is measured, and the [batch contract](crate::batch_contract) is checked.
//!
//! ```
//! # use jobinsight_core::{async_trait, Batch, Plugin, PhaseContext, PhaseSpec, Process, Result, Role, RoleKind, Settings};
//! # #[derive(Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
//! # struct NoSettings {}
//! # struct PassThrough;
//! # #[async_trait]
//! # impl Process for PassThrough {
//! #     async fn process(&self, _: &PhaseContext<'_>, batch: Batch) -> Result<Batch> { Ok(batch) }
//! # }
//! # impl Plugin for PassThrough {
//! #     const NAME: &'static str = "hand_on";
//! #     const ABOUT: &'static str = "returns every batch unchanged";
//! #     const ROLE: RoleKind = RoleKind::Process;
//! #     type Settings = NoSettings;
//! #     fn build(_: NoSettings, _: &Settings) -> Result<Role> { Ok(Role::Process(Box::new(PassThrough))) }
//! # }
//! # jobinsight_core::inventory::submit! { PhaseSpec::of::<PassThrough>() }
//! use jobinsight_core::testing::{BatchExt, TestRun, batch_of};
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let run = TestRun::offline().await;
//! let made = run.phase("hand_on").process(batch_of![
//!     [job_id, title],
//!     ["1", "Kế Toán"],
//!     ["2", null],
//! ]).await.unwrap();
//! assert_eq!(made.texts("title"), [Some("Kế Toán"), None]);
//! made.assert_rejects([]);
//! # });
//! ```
//!
//! A test passes a database as a connection string ([`TestRun::on`]), because this crate starts no server.
//! `jobinsight_sql::testing::Database` starts one, and creates a database for each test.
#![allow(clippy::missing_panics_doc)] // a test kit fails a test by a panic

mod literal;
mod phase;
pub mod postings;
mod run;

pub use crate::batch_of;
pub use literal::{BatchExt, Cell, batch_from};
pub use phase::TestPhase;
pub use run::TestRun;
