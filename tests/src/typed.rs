//! The command as a user types it, and what it said.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Once;

use jobinsight_sql::testing::target_dir;

/// A command at work; it dies with the test.
pub struct Running(Option<std::process::Child>);

impl Running {
    /// A command that was started.
    pub(crate) fn of(child: std::process::Child) -> Self {
        Self(Some(child))
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.as_ref().map_or(0, std::process::Child::id)
    }

    /// Waits for its end.
    pub fn end(mut self) -> Typed {
        let child = self.0.take().expect("it runs");
        Typed::of(&child.wait_with_output().expect("its output"))
    }

    /// Sends it a signal: `-KILL`, `-STOP`, `-TERM`, …
    pub fn signal(&self, signal: &str) {
        let pid = self
            .0
            .as_ref()
            .map_or(0, std::process::Child::id)
            .to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a command said.
#[derive(Debug)]
pub struct Typed {
    /// Its exit code.
    pub code: i32,
    /// Its results.
    pub stdout: String,
    /// Its logs and errors.
    pub stderr: String,
}

impl Typed {
    /// From a finished process.
    pub fn of(output: &Output) -> Self {
        Self {
            // As a shell says it: killed by a signal is 128 and its number.
            code: output
                .status
                .code()
                .or_else(|| {
                    std::os::unix::process::ExitStatusExt::signal(&output.status)
                        .map(|signal| 128 + signal)
                })
                .unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The object on the last line of stdout.
    pub fn object(&self) -> serde_json::Value {
        let last = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(last)
            .unwrap_or_else(|error| panic!("{error} in {last:?}\n{}", self.stderr))
    }

    /// One number of `stats`.
    pub fn stat(&self, name: &str) -> u64 {
        self.object()["stats"][name]
            .as_u64()
            .unwrap_or_else(|| panic!("no {name} in {}\n{}", self.stdout, self.stderr))
    }

    /// Fails the test unless the command ended well.
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // as a check alone it is complete
    pub fn ok(self) -> Self {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Fails the test unless the command failed with this exit code and this error.
    pub fn failed(&self, exit: i32, code: &str) {
        assert_eq!(
            self.code, exit,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        assert!(self.stderr.contains(code), "no {code} in\n{}", self.stderr);
    }
}

/// The command in an empty environment.
pub fn command(args: &[&str]) -> Command {
    static BUILT: Once = Once::new();
    let profile = std::env::current_exe()
        .expect("this program's path")
        .ancestors()
        .nth(2)
        .map(Path::to_owned);
    let program = profile.expect("target/PROFILE").join("jobinsight");
    BUILT.call_once(|| {
        // `cargo test` alone does not build another package's binary.
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "--package",
            "jobinsight-runner",
            "--features",
            "failpoints",
            "--bin",
            "jobinsight",
            "--target-dir",
        ]);
        build.arg(target_dir());
        if cfg!(not(debug_assertions)) {
            build.arg("--release");
        }
        assert!(
            build.status().expect("cargo").success(),
            "the command does not build"
        );
    });
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null()).args(args);
    for name in ["PATH", "HOME", "JOBINSIGHT_PG_BIN"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.current_dir(std::env::temp_dir());
    command
}
