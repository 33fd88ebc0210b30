//! Runs the dbt model of docs/reading-staging.md with dbt itself.

use std::path::Path;
use std::process::Command;

use crate::server::with_server;
use crate::workspace::{cargo, root, target_dir};

/// The packages of PyPI. The model uses nothing that another version would do differently.
const PACKAGES: [&str; 2] = ["dbt-core>=1.9,<1.10", "dbt-postgres>=1.9,<1.10"];

/// Installs dbt into the target folder unless it is there, and runs the test that needs it.
pub(crate) fn dbt() -> Result<(), String> {
    let folder = target_dir(&root()).join("dbt");
    let program = folder.join("bin/dbt");
    if !program.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .map_err(|error| format!("{error}; on Debian: apt-get install python3-venv"))?;
        let pip = folder.join("bin/pip");
        run(Command::new(pip)
            .args(["install", "--quiet"])
            .args(PACKAGES))?;
    }
    with_server(|env| test(&program, env))
}

fn test(program: &Path, env: &[(&str, &str)]) -> Result<(), String> {
    let program = program.to_string_lossy();
    let mut env = env.to_vec();
    env.push(("JOBINSIGHT_TESTS_DBT", &program));
    let test = ["test", "--package", "jobinsight-tests", "--test", "suite"];
    let only = ["--", "reading_staging::dbt_", "--ignored"];
    cargo(&[&test[..], &only].concat(), &env)
}

fn run(command: &mut Command) -> Result<(), String> {
    let ended = command.status().map_err(|error| format!("{error}"))?;
    if ended.success() {
        Ok(())
    } else {
        Err(format!("{command:?} failed"))
    }
}
