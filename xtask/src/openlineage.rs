//! Checks events of OpenLineage with the package openlineage-python.

use std::path::Path;

use crate::python;
use crate::server::with_server;
use crate::workspace::cargo;

/// The packages of PyPI. Another version may have other versions of the facets.
const PACKAGES: &str = "openlineage-python==1.54.0\n";

/// Installs the package into the target folder unless it is there, and runs the test that needs it.
pub(crate) fn openlineage() -> Result<(), String> {
    let program = python::environment("openlineage", PACKAGES)?.join("bin/python");
    with_server(|env| test(&program, env))
}

fn test(program: &Path, env: &[(&str, &str)]) -> Result<(), String> {
    let program = program.to_string_lossy();
    let mut env = env.to_vec();
    env.push(("JOBINSIGHT_TESTS_OPENLINEAGE", &program));
    let test = ["test", "--package", "jobinsight-tests", "--test", "suite"];
    let only = ["--", "openlineage::package::", "--ignored", "--nocapture"];
    cargo(&[&test[..], &only].concat(), &env)
}
