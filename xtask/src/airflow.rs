//! Tests the operator and the DAG of deploy/airflow with Airflow itself.

use std::fs;
use std::process::Command;

use crate::python;
use crate::workspace::{cargo, root, target_dir};

/// The major versions of Airflow that the operator supports. Each has a list of packages beside the tests.
const MAJORS: [u32; 2] = [2, 3];

/// Installs each major version, or the named one, into the target folder unless it is there, and runs the tests on it.
pub(crate) fn airflow(major: Option<u32>) -> Result<(), String> {
    let majors: Vec<u32> = match major {
        None => MAJORS.to_vec(),
        Some(major) if MAJORS.contains(&major) => vec![major],
        Some(major) => {
            let known = MAJORS.map(|major| major.to_string()).join(", ");
            return Err(format!(
                "Airflow {major} is not one of the versions {known}"
            ));
        }
    };
    cargo(&["build", "--package", "jobinsight-runner", "--bins"], &[])?;
    for major in majors {
        eprintln!("── Airflow {major}");
        test(major)?;
    }
    Ok(())
}

fn test(major: u32) -> Result<(), String> {
    let tests = root().join("deploy/airflow/tests");
    let list = tests.join(format!("requirements-{major}.txt"));
    let packages =
        fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let folder = python::environment(&format!("airflow-{major}"), &packages)?;
    let mut pytest = Command::new(folder.join("bin/python"));
    // A test continues where the test before it ended, so the first failure ends the tests.
    pytest.args([
        "-B",
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--exitfirst",
        "-v",
    ]);
    pytest.env(
        "JOBINSIGHT_PROGRAM",
        target_dir(&root()).join("debug/jobinsight"),
    );
    python::run(pytest.arg(tests))
}
