//! A real PostgreSQL for tests: a server that starts by itself, and a database for each test. Feature `testing`.
//!
//! With `jobinsight_core::testing` a phase's test on a real database is ten lines:
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
//! The server is the embedded one ([`crate::embedded`]), shared by all test programs of a checkout and left running for
//! the next; `cargo xtask test` stops it. Databases are copies of a template, which takes milliseconds, and are dropped
//! by the next test program once the one that made them is over.
#![allow(clippy::missing_panics_doc)] // a test kit panics: that is how it fails a test

mod database;
mod server;

pub use database::Database;
pub use server::{open_to_all, server_dir, target_dir};
