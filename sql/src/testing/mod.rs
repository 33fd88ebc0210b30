//! A real PostgreSQL for tests: a server that starts automatically, and a database for each test. Feature `testing`.
//!
//! With `jobinsight_core::testing`, a test of a phase on a real database needs few lines:
//!
//! ```no_run
//! use jobinsight_sql::testing::Database;
//!
//! # async fn story() {
//! let db = Database::staged().await; // as schema_setup leaves it
//! db.post("1", &[("title", "Kế Toán")]).await;
//! db.run().await.phase("sql_procedures").run().await.unwrap();
//! assert_eq!(db.count("SELECT count(*) FROM jobinsight_staging.etl_work").await, 1);
//! # }
//! ```
//!
//! The server is the embedded one ([`crate::embedded`]). All test programs of a checkout share it, and it stays up
//! between them; `cargo xtask test` stops it and deletes all databases. A database is a copy of a template, because copying
//! takes only milliseconds. Without `cargo xtask`, the next test program drops the databases of one that has ended.
#![allow(clippy::missing_panics_doc)] // a helper of tests panics to fail the test

mod database;
mod server;

pub use database::Database;
pub use server::{open_to_all, profile_dir, say, server_dir, target_dir};
