//! Progress: lines on a terminal, log lines elsewhere.

mod colors;
mod log_lines;
mod other_work;
mod terminal;

use std::process::Command;

use jobinsight_tests::Db;
use tokio_postgres::Client;

/// A run waits for a lock until the test releases it.
const PATIENT: (&str, &str) = ("ETL_LOCK_TIMEOUT", "3600");

/// The signs of the lines on a terminal: those of a spinner, of a bar, and of work that is done.
const SIGNS: [char; 14] = [
    '⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏', '━', '╸', '✓', '─',
];

/// Four new postings in two batches, and a lock that stops a run when it publishes the first batch.
async fn held(db: &Db) -> Client {
    db.json(&["run"]).ok();
    for key in ["1", "2", "3", "4"] {
        db.post(key, "Kế Toán").await;
    }
    let blocker = db.connect().await;
    let lock = "BEGIN; LOCK TABLE jobinsight_staging.staging_jobs IN EXCLUSIVE MODE";
    blocker.batch_execute(lock).await.unwrap();
    blocker
}

async fn release(blocker: Client) {
    blocker.batch_execute("ROLLBACK").await.unwrap();
}

/// A run of one lane that [`held`] stops.
fn run(db: &Db, args: &[&str], env: &[(&str, &str)]) -> Command {
    let mut command = db.command(args);
    command
        .envs([PATIENT, ("ETL_BATCH_SIZE", "2"), ("ETL_MAX_WORKERS", "1")])
        .envs(env.iter().copied());
    command
}

/// The rows of a screen without the lines of tables, which are also made of dashes.
fn has_progress(screen: &str) -> bool {
    let rows = screen
        .lines()
        .filter(|row| !row.trim_matches('─').is_empty());
    let mut rows = rows.filter(|row| row.contains(SIGNS));
    rows.next().is_some()
}
