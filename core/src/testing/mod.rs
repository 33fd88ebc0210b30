//! A test kit for phases: a context, batches from literals, assertions. Feature `testing`.
//!
//! A phase's test is ten lines, and does with the phase what a run does: its settings are read as from a file, it is
//! measured, and what it promised ([`Plugin::GIVES`](crate::Plugin::GIVES), no row lost) is checked.
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
//! #     const ABOUT: &'static str = "hands every batch on as it is";
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
//! A database comes from outside, as a connection string ([`TestRun::on`]): this crate knows no server.
//! `jobinsight_sql::testing::Database` starts one and gives each test a database of its own.
#![allow(clippy::missing_panics_doc)] // a test kit panics: that is how it fails a test

mod literal;
mod phase;
pub mod postings;
mod run;

pub use crate::batch_of;
pub use literal::{BatchExt, Cell, batch_from};
pub use phase::TestPhase;
pub use run::TestRun;
