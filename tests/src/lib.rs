//! The kit of the end-to-end tests: one embedded PostgreSQL for the suite, a database a test, the command as a user
//! types it.
//!
//! ```no_run
//! # async fn story() {
//! let db = jobinsight_tests::Db::new().await;
//! db.post("1", "Kế Toán").await;
//! let run = db.jobinsight(&["run"]);
//! assert_eq!(run.code, 0);
//! # }
//! ```
#![forbid(unsafe_code)]
#![allow(clippy::missing_panics_doc)] // a test kit panics: that is how it fails a test

mod db;
mod proxy;
mod server;
mod typed;

use std::path::{Path, PathBuf};

pub use db::Db;
pub use jobinsight_sql::testing::{open_to_all, server_dir};
pub use proxy::{Commit, Proxy};
pub use server::{OwnServer, as_owner};
pub use typed::{Running, Typed, command};

/// A file of the design's shared folder, beside the project; `None`, loudly, where it is not there.
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: {path} is not beside this project, so what it holds is not checked");
    None
}

/// A golden file of this project.
pub fn golden(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// An error as a user sees it.
pub fn report(error: jobinsight_core::EtlError) -> miette::Report {
    miette::Report::new(error)
}
