//! Runs the dbt model of docs/reading-staging.md with dbt itself.

use std::path::Path;

use crate::python;
use crate::server::with_server;
use crate::workspace::cargo;

/// The packages of PyPI. The model uses nothing that another version would do differently.
const PACKAGES: &str = "dbt-core>=1.9,<1.10\ndbt-postgres>=1.9,<1.10\n";

/// Installs dbt into the target folder unless it is there, and runs the test that needs it.
pub(crate) fn dbt() -> Result<(), String> {
    let program = python::environment("dbt", PACKAGES)?.join("bin/dbt");
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
