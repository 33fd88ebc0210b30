//! Virtual environments of Python under `target`, for what the pipeline is compared with.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The interpreter of an environment with these packages. The environment is created unless it has the modules.
pub(crate) fn interpreter(
    root: &Path,
    name: &str,
    packages: &[&str],
    modules: &str,
) -> Result<PathBuf, String> {
    let environment = root.join("target").join(name);
    let interpreter = environment.join("bin/python");
    let import = format!("import {modules}");
    if output_of(Command::new(&interpreter).args(["-c", &import])).is_err() {
        output_of(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(&environment),
        )?;
        let pip = ["-m", "pip", "install", "--quiet"];
        output_of(Command::new(&interpreter).args(pip).args(packages))?;
    }
    Ok(interpreter)
}

/// The output of a command; the last line of its errors where it fails.
pub(crate) fn output_of(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint
        .trim()
        .lines()
        .last()
        .unwrap_or("it printed no reason");
    Err(format!("{program} ended with {}: {last}", output.status))
}
