//! Builds the Python package, and tests it with the libraries whose tables it takes.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::python::{environment, run};
use crate::workspace::{root, target_dir, without_package};

/// The crate of the package.
pub(crate) const PYTHON: &str = "jobinsight-python";

/// Builds the package unoptimised, installs it into an environment in the target folder, compares its types with the stub, and
/// runs its tests and the examples of its README.
pub(crate) fn test() -> Result<(), String> {
    let package = root().join("phases/kernels/python");
    let tests = package.join("tests");
    let list = tests.join("requirements.txt");
    let packages =
        fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let folder = environment("python", &packages)?;
    let program = |name: &str| Command::new(folder.join("bin").join(name));

    // The folder is emptied, so that no older version is installed.
    let wheels = target_dir(&root()).join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    build(
        program("maturin"),
        &folder.join("bin/python"),
        &package,
        &wheels,
    )?;
    let mut install = program("pip");
    install.args(["install", "--quiet", "--force-reinstall", "--no-deps"]);
    install.args(["--no-index", "--find-links"]).arg(&wheels);
    run(install.arg("jobinsight"))?;

    let mut types = program("stubtest");
    types.args(["jobinsight", "--mypy-config-file"]);
    types.arg(tests.join("mypy.ini")).arg("--allowlist");
    // The folder of the package has the stub as well, and stubtest would read it there.
    run(types
        .arg(tests.join("stub_allowed.txt"))
        .current_dir(&wheels))?;

    let mut pytest = program("python");
    pytest.args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    pytest.arg("--doctest-glob=README.md");
    run(pytest.arg("README.md").arg("tests").current_dir(&package))
}

/// Builds the wheel in the profile of the tests, so that the dependencies are built once.
fn build(mut maturin: Command, python: &Path, package: &Path, wheels: &Path) -> Result<(), String> {
    maturin.args(["build", "--quiet", "--profile", "dev"]);
    maturin.args(["--auditwheel", "skip", "--interpreter"]);
    maturin.arg(python).arg("--out").arg(wheels);
    run(without_package(&mut maturin).current_dir(package))
}
