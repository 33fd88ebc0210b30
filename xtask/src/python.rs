//! Virtual environments of Python, for programs that come from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{root, target_dir};

/// The file in an environment that lists its packages. It is written last, so an installation that was interrupted is repeated.
const INSTALLED: &str = "installed.txt";

/// Returns the environment with this name in the target folder. Creates it if it does not exist or has other packages.
/// `packages` has one requirement on each line, as a requirements file of pip.
pub(crate) fn environment(name: &str, packages: &str) -> Result<PathBuf, String> {
    let folder = target_dir(&root()).join(name);
    let installed = folder.join(INSTALLED);
    if fs::read_to_string(&installed).is_ok_and(|text| text == packages) {
        return Ok(folder);
    }
    eprintln!("── installing the packages of {}", folder.display());
    let mut create = Command::new("python3");
    run(create.args(["-m", "venv", "--clear"]).arg(&folder))
        .map_err(|error| format!("{error}; on Debian: apt-get install python3-venv"))?;
    let requirements = folder.join("requirements.txt");
    write(&requirements, packages)?;
    let mut install = Command::new(folder.join("bin/pip"));
    install.args(["install", "--quiet", "--requirement"]);
    run(install.arg(&requirements))?;
    write(&installed, packages)?;
    Ok(folder)
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let ended = command
        .status()
        .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if ended.success() {
        Ok(())
    } else {
        Err(format!("{command:?} failed"))
    }
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
