//! Failpoints: places where a test makes the process die, wait or panic. Without the feature `failpoints`, which no
//! release has, they do nothing.
//!
//! All names are here, so that code and tests cannot disagree. [`before`] and [`after`] return the names of the failpoints
//! around each phase.

macro_rules! names {
    ($($(#[$doc:meta])* $constant:ident = $name:literal;)+) => {
        $($(#[$doc])* pub const $constant: &str = $name;)+

        #[cfg(feature = "failpoints")]
        const NAMES: &[&str] = &[$($constant),+];
    };
}

names! {
    /// The transaction that publishes a batch is about to commit.
    COMMIT_BEFORE = "commit/before";
    /// The transaction that publishes a batch has committed.
    COMMIT_AFTER = "commit/after";
    /// The run holds the run lock, and has written nothing.
    RUN_LOCKED = "run/locked";
    /// All phases ended, and the run is about to close its entry in the ledger.
    RUN_BEFORE_CLOSE = "run/before_close";
    /// `run_results.json` is written under its temporary name.
    RESULTS_BEFORE_RENAME = "results/before_rename";
    /// Schema scripts and contract are checked, and nothing is committed.
    SCHEMA_SETUP_BEFORE_COMMIT = "schema_setup/before_commit";
    /// The schema scripts are committed.
    SCHEMA_SETUP_AFTER_COMMIT = "schema_setup/after_commit";
    /// The work is planned, and nothing is committed.
    SQL_PROCEDURES_BEFORE_COMMIT = "sql_procedures/before_commit";
    /// The plan is committed.
    SQL_PROCEDURES_AFTER_COMMIT = "sql_procedures/after_commit";
    /// The first load dropped the indexes of staging.
    SQL_PROCEDURES_INDEXES_DROPPED = "sql_procedures/indexes_dropped";
    /// All batches are published, and the indexes of staging are about to be created.
    DATA_SAVING_BEFORE_FINISH = "data_saving/before_finish";
    /// One index of staging was created.
    DATA_SAVING_INDEX_MADE = "data_saving/index_made";
}

/// The failpoint before each try of a phase.
pub fn before(phase: &str) -> String {
    format!("{phase}/before")
}

/// The failpoint after each successful try of a phase.
pub fn after(phase: &str) -> String {
    format!("{phase}/after")
}

/// Runs the action that `FAILPOINTS="NAME=ACTION;…"` sets for this name: an action of the crate `fail` (`panic`,
/// `sleep(MS)`, `2*off->1*…`), or `return(kill)`, `return(term)`, `return(int)`, by which the process sends itself that
/// signal. `return(wait)` prints a line and waits until the file that `FAILPOINTS_RELEASE` names exists.
#[cfg_attr(not(feature = "failpoints"), allow(unused_variables))]
pub fn point(name: &str) {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |action: Option<String>| match action.as_deref() {
        Some("wait") => wait(name),
        action => signal(action),
    });
}

/// Reads `FAILPOINTS`. The actions are set while the guard lives. `phases` are the names of the linked phases.
///
/// # Panics
/// `FAILPOINTS` has a name that no failpoint has. A test with a misspelled name would test nothing.
#[cfg(feature = "failpoints")]
#[must_use]
pub fn armed(phases: &[&str]) -> impl Drop + use<> {
    struct Armed(Option<fail::FailScenario<'static>>);
    impl Drop for Armed {
        fn drop(&mut self) {
            if let Some(scenario) = self.0.take() {
                scenario.teardown();
            }
        }
    }
    let setting = std::env::var("FAILPOINTS").unwrap_or_default();
    if let Some(name) = unknown(&setting, phases) {
        panic!("FAILPOINTS names `{name}`, which is not a failpoint");
    }
    Armed(Some(fail::FailScenario::setup()))
}

/// The first name in a value of `FAILPOINTS` that is not the name of a failpoint.
#[cfg(feature = "failpoints")]
fn unknown<'a>(setting: &'a str, phases: &[&str]) -> Option<&'a str> {
    let of_phase = |name: &str| {
        phases
            .iter()
            .any(|phase| name == before(phase) || name == after(phase))
    };
    setting
        .split(';')
        .map(|part| part.split('=').next().unwrap_or(part).trim())
        .find(|name| !name.is_empty() && !NAMES.contains(name) && !of_phase(name))
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

#[cfg(all(test, feature = "failpoints"))]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_name_is_found() {
        let unknown = |setting| unknown(setting, &["saving"]);
        assert_eq!(unknown(""), None);
        assert_eq!(
            unknown("commit/after=1*off->return(kill);saving/before=panic"),
            None
        );
        assert_eq!(
            unknown("run/locked=panic;comit/after=panic"),
            Some("comit/after")
        );
        assert_eq!(unknown("savign/before=panic"), Some("savign/before"));
    }
}
