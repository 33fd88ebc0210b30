//! Builds the Python package, and tests it with the libraries whose tables it takes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::{environment, run};
use crate::workspace::{root, target_dir, without_package};

/// The crate of the package.
pub(crate) const PYTHON: &str = "jobinsight-python";

/// The functions of the old pipeline need it, which are measured beside the package.
const OLD_FUNCTIONS: &str = "beautifulsoup4==4.15.0\n";

/// Builds the package unoptimised, installs it into an environment in the target folder, compares its types with the stub, and
/// runs its tests and the examples of its README.
pub(crate) fn test() -> Result<(), String> {
    let package = package();
    let tests = package.join("tests");
    let environment = install("python", &packages()?, "dev")?;
    let mut types = Command::new(environment.join("bin/stubtest"));
    types.args(["jobinsight", "--mypy-config-file"]);
    types.arg(tests.join("mypy.ini")).arg("--allowlist");
    types.arg(tests.join("stub_allowed.txt"));
    // The folder of the package has the stub as well, and stubtest would read it there.
    run(types.current_dir(&environment))?;

    let mut pytest = Command::new(environment.join("bin/python"));
    pytest.args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]);
    pytest.arg("--doctest-glob=README.md");
    run(pytest.arg("README.md").arg("tests").current_dir(&package))
}

/// Builds the package for release, and measures it on the postings of a file, whose path is relative to the current folder.
pub(crate) fn bench(file: &Path, rows: u32) -> Result<(), String> {
    let packages = format!("{}{OLD_FUNCTIONS}", packages()?);
    let environment = install("python-bench", &packages, "release")?;
    let mut compare = Command::new(environment.join("bin/python"));
    compare.arg("-B");
    compare.arg(package().join("bench/compare.py"));
    run(compare.arg(file).arg(rows.to_string()))
}

fn package() -> PathBuf {
    root().join("phases/kernels/python")
}

/// The packages of the tests.
fn packages() -> Result<String, String> {
    let list = package().join("tests/requirements.txt");
    fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))
}

/// Builds the package, and installs it into an environment with these packages. maturin must be one of them.
pub(crate) fn install(name: &str, packages: &str, profile: &str) -> Result<PathBuf, String> {
    let environment = environment(name, packages)?;
    let program = |name: &str| environment.join("bin").join(name);

    // The folder is emptied, so that no older version is installed.
    let wheels = target_dir(&root()).join(format!("wheels-{profile}"));
    if wheels.exists() {
        fs::remove_dir_all(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    // The profiles of the workspace, so that the dependencies are built once.
    let mut maturin = Command::new(program("maturin"));
    maturin.args(["build", "--quiet", "--profile", profile]);
    maturin.args(["--auditwheel", "skip", "--interpreter"]);
    maturin.arg(program("python")).arg("--out").arg(&wheels);
    run(without_package(&mut maturin).current_dir(package()))?;

    let mut pip = Command::new(program("pip"));
    pip.args(["install", "--quiet", "--force-reinstall", "--no-deps"]);
    pip.args(["--no-index", "--find-links"]).arg(&wheels);
    run(pip.arg("jobinsight"))?;
    Ok(environment)
}
