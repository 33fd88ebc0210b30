//! Failpoints: places where a test makes the process die, wait or panic. Without the feature `failpoints`, which no
//! release has, they do nothing.
//!
//! All names are here, so that code and tests cannot disagree. [`before`] and [`after`] name those around each phase.

/// The transaction that publishes a batch is about to commit.
pub const COMMIT_BEFORE: &str = "commit/before";
/// The transaction that publishes a batch has committed.
pub const COMMIT_AFTER: &str = "commit/after";
/// The run holds the run lock, and has written nothing.
pub const RUN_LOCKED: &str = "run/locked";
/// All phases ended, and the run is about to close its entry in the ledger.
pub const RUN_BEFORE_CLOSE: &str = "run/before_close";
/// `run_results.json` is written under its temporary name.
pub const RESULTS_BEFORE_RENAME: &str = "results/before_rename";
/// Schema scripts and contract are checked, and nothing is committed.
pub const SCHEMA_SETUP_BEFORE_COMMIT: &str = "schema_setup/before_commit";
/// The schema scripts are committed.
pub const SCHEMA_SETUP_AFTER_COMMIT: &str = "schema_setup/after_commit";
/// The work is planned, and nothing is committed.
pub const SQL_PROCEDURES_BEFORE_COMMIT: &str = "sql_procedures/before_commit";
/// The plan is committed.
pub const SQL_PROCEDURES_AFTER_COMMIT: &str = "sql_procedures/after_commit";
/// The first load dropped the indexes of staging.
pub const SQL_PROCEDURES_INDEXES_DROPPED: &str = "sql_procedures/indexes_dropped";
/// All batches are published, and the indexes of staging are about to be created.
pub const DATA_SAVING_BEFORE_FINISH: &str = "data_saving/before_finish";
/// One index of staging was created.
pub const DATA_SAVING_INDEX_MADE: &str = "data_saving/index_made";

/// The failpoint before each attempt of a phase.
pub fn before(phase: &str) -> String {
    format!("{phase}/before")
}

/// The failpoint after each successful attempt of a phase.
pub fn after(phase: &str) -> String {
    format!("{phase}/after")
}

/// Runs the action that `FAILPOINTS="NAME=ACTION;…"` sets for this name: an action of the crate `fail` (`panic`,
/// `sleep(MS)`, `2*off->1*…`), or `return(kill)`, `return(term)`, `return(int)`, by which the process sends itself that
/// signal. `return(wait)` prints a line and waits until the file exists that `FAILPOINTS_RELEASE` names.
#[cfg_attr(not(feature = "failpoints"), allow(unused_variables))]
pub fn point(name: &str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |action: Option<String>| match action.as_deref() {
        Some("wait") => wait(name),
        action => signal(action),
    });
}

/// Reads `FAILPOINTS`. The actions are set while the guard lives.
#[cfg(feature = "failpoints")]
#[must_use]
pub fn armed() -> impl Drop {
    struct Armed(Option<fail::FailScenario<'static>>);
    impl Drop for Armed {
        fn drop(&mut self) {
            if let Some(scenario) = self.0.take() {
                scenario.teardown();
            }
        }
    }
    Armed(Some(fail::FailScenario::setup()))
}

#[cfg(feature = "failpoints")]
fn signal(action: Option<&str>) {
    use rustix::process::{Signal, getpid, kill_process};
    let signal = match action {
        Some("kill") => Signal::KILL,
        Some("term") => Signal::TERM,
        Some("int") => Signal::INT,
        _ => return,
    };
    let _ = kill_process(getpid(), signal);
}

#[cfg(feature = "failpoints")]
fn wait(name: &str) {
    use tokio::runtime::{Handle, RuntimeFlavor};
    let Some(file) = std::env::var_os("FAILPOINTS_RELEASE") else {
        return;
    };
    eprintln!("waiting at the failpoint {name}");
    let wait = || {
        while !std::path::Path::new(&file).exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    };
    // A task that waits on this worker thread must be able to move to another one.
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(wait);
        }
        _ => wait(),
    }
}
