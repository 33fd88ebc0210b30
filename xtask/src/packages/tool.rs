//! Programs from the registry of crates, which tasks install into the target folder.

use std::path::PathBuf;
use std::process::Command;

use crate::workspace::{root, target_dir};

/// A program of a crate.
pub(super) struct Tool {
    /// The crate, and the program that it installs.
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// Arguments of `cargo install` that choose its features.
    pub(super) features: &'static [&'static str],
}

impl Tool {
    /// Returns the path of the program. Installs this version unless it is installed.
    pub(super) fn install(&self) -> Result<PathBuf, String> {
        let folder = target_dir(&root()).join("tools");
        let program = folder.join("bin").join(self.name);
        let installed = folder.join(format!("{}-{}", self.name, self.version));
        if program.exists() && installed.exists() {
            return Ok(program);
        }
        eprintln!(
            "── installing {} {} into {}",
            self.name,
            self.version,
            folder.display()
        );
        let mut install = Command::new(env!("CARGO"));
        // A build for release takes three times as long, and these programs work for a second.
        install.args(["install", "--quiet", "--locked", "--debug", "--force"]);
        install
            .args(self.features)
            .args(["--version", self.version]);
        install.arg("--root").arg(&folder);
        install.arg("--target-dir").arg(folder.join("build"));
        let done = install.arg(self.name).current_dir(root()).status();
        if !done.is_ok_and(|status| status.success()) {
            return Err(format!(
                "{} {} cannot be installed",
                self.name, self.version
            ));
        }
        std::fs::write(&installed, "")
            .map_err(|error| format!("{}: {error}", installed.display()))?;
        Ok(program)
    }
}
