//! Tests the job of deploy/spark with Spark itself, and measures it beside the pipeline.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::python::run;
use crate::wheel;
use crate::workspace::{cargo, root, target_dir};

/// Installs Spark and the Python package into the target folder unless they are there, and runs the tests.
pub(crate) fn test() -> Result<(), String> {
    check_java()?;
    cargo(&["build", "--package", "jobinsight-runner", "--bins"], &[])?;
    let tests = root().join("deploy/spark/tests");
    let environment = wheel::install("spark", &packages(&tests)?, "release")?;
    let mut pytest = Command::new(environment.join("bin/python"));
    // A test continues where the test before it ended, so the first failure ends the tests.
    pytest.args(["-B", "-m", "pytest", "-p", "no:cacheprovider"]);
    pytest.args(["--exitfirst", "-v", "-rs"]).arg(&tests);
    let program = target_dir(&root()).join("debug/jobinsight");
    run(pytest.env("JOBINSIGHT_PROGRAM", program))
}

/// Times the job beside the pipeline, on the same generated rows.
pub(crate) fn bench(rows: u32) -> Result<(), String> {
    check_java()?;
    let packages_of = ["jobinsight-runner", "jobinsight-bench"];
    for package in packages_of {
        cargo(&["build", "--release", "--package", package], &[])?;
    }
    let tests = root().join("deploy/spark/tests");
    let environment = wheel::install("spark", &packages(&tests)?, "release")?;
    let release = target_dir(&root()).join("release");
    let mut bench = Command::new(environment.join("bin/python"));
    bench.arg("-B").arg(tests.join("bench.py"));
    bench.arg(rows.to_string());
    bench.env("JOBINSIGHT_BENCH", release.join("jobinsight-bench"));
    run(bench.env("JOBINSIGHT_PROGRAM", release.join("jobinsight")))
}

fn packages(tests: &Path) -> Result<String, String> {
    let list = tests.join("requirements.txt");
    fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))
}

/// Spark 4 needs Java 17 or newer.
fn check_java() -> Result<(), String> {
    let mut java = Command::new("java");
    java.arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match java.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err("Spark needs Java 17 or newer, and the program `java` was not found; on Debian: apt-get install openjdk-17-jre-headless".to_owned()),
    }
}
