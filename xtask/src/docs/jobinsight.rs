//! The command `jobinsight`, as it was built for the checks.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::target_dir;

/// The built command.
pub(super) struct Jobinsight {
    /// The folder of the program.
    pub(super) folder: PathBuf,
}

impl Jobinsight {
    pub(super) fn of(root: &Path) -> Self {
        Self {
            folder: target_dir(root).join("debug"),
        }
    }

    /// Runs the command with these arguments; returns what it prints.
    pub(super) fn output(&self, args: &[&str]) -> Result<String, String> {
        let output = Command::new(self.folder.join("jobinsight"))
            // Advice names the program as it was called, and the guides name it without its folder.
            .arg0("jobinsight")
            .args(args)
            .current_dir(std::env::temp_dir())
            .output()
            .map_err(|error| format!("jobinsight cannot be run: {error}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            let complaint = String::from_utf8_lossy(&output.stderr);
            Err(format!("jobinsight {}: {complaint}", args.join(" ")))
        }
    }
}
