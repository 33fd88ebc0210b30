//! The kit of the end-to-end tests: one embedded PostgreSQL for the suite, one database for each test, and the command
//! as a user types it.
//!
//! ```no_run
//! # async fn story() {
//! let db = jobinsight_tests::Db::new().await;
//! db.post("1", "Kế Toán").await;
//! let run = db.jobinsight(&["run"]);
//! assert_eq!(run.code, 0);
//! # }
//! ```
//!
//! # Module order
//! 1. `failpoints`, `http_server`, `openlineage`, `proxy`, `schemas`
//! 2. `command`
//! 3. `db`
//! 4. `quality`, `server`, `terminal`
#![forbid(unsafe_code)]
#![allow(clippy::missing_panics_doc)] // a test kit panics to fail a test

mod command;
mod db;
mod failpoints;
mod http_server;
mod openlineage;
mod proxy;
pub mod quality;
mod schemas;
mod server;
mod terminal;

use std::path::{Path, PathBuf};

pub use command::{CommandOutput, LIMITS, RunningCommand, command, jobinsight};
pub use db::Db;
pub use failpoints::{Pause, WAITS, failpoint};
pub use http_server::{HttpRequest, HttpServer};
pub use jobinsight_sql::testing::{open_to_all, server_dir};
pub use openlineage::check_event;
pub use proxy::{Commit, Proxy};
pub use server::{OwnServer, as_owner};
pub use terminal::{EndedOnTerminal, Terminal};

/// A file of the `shared` folder next to the project. Returns `None` and prints a line when the file does not exist.
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: shared/{path} does not exist next to this project, so it is not checked");
    None
}

/// The text of a golden file in `golden/`.
pub fn golden(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// An error as users see it.
pub fn report(error: jobinsight_core::EtlError) -> miette::Report {
    miette::Report::new(error)
}

/// The text without the digests of the built-in rule tables, which change with each line: `standard@1a2b3c4d/25000` becomes
/// `standard/25000`.
pub fn without_digest(text: &str) -> String {
    let mut parts = text.split('@');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        match part.get(8..) {
            Some(rest) if digits >= 8 => plain.push_str(rest),
            _ => plain.extend(["@", part]),
        }
    }
    plain
}
