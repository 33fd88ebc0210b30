//! The command as a user types it, and its output.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, Once, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jobinsight_sql::testing::{profile_dir, say, target_dir};

use crate::schemas;

/// How long a test waits for a line of the log, or for the end of a command. On a busy machine, both come sooner.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// Time limits in seconds, for tests in which a limit ends the work at a certain place. On a busy machine, a short limit
/// ends the work before that place. The test then tries the next limit.
pub const LIMITS: [u64; 5] = [1, 4, 16, 64, 256];

/// A command in progress. It is killed when the test ends.
pub struct RunningCommand {
    child: Option<Child>,
    args: Vec<String>,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl RunningCommand {
    /// Starts a command.
    pub fn spawn(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let args = words(&command);
        let mut child = command.spawn().expect("jobinsight can be run");
        let stderr = child.stderr.take().expect("a pipe");
        let log = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            let mut stderr = BufReader::new(stderr);
            let mut line = Vec::new();
            while stderr
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                let text = String::from_utf8_lossy(&line);
                shared.lock().expect("the log").push_str(&text);
                line.clear();
            }
        });
        Self {
            child: Some(child),
            args,
            log,
            reader: Some(reader),
        }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Waits until the command has printed this text to stderr.
    pub fn wait_for_log(&self, text: &str) {
        let log = || self.log.lock().expect("the log").clone();
        assert!(self.logs(text), "{text:?} was not printed:\n{}", log());
    }

    /// Waits until the command has printed this text to stderr so many times.
    pub fn wait_for_logs(&self, text: &str, times: usize) {
        assert!(
            self.has_logged(text, times),
            "{text:?} was not printed {times} times"
        );
    }

    /// Waits until the command has printed this text to stderr. Returns `false` if it ended before.
    pub fn logs(&self, text: &str) -> bool {
        self.has_logged(text, 1)
    }

    fn has_logged(&self, text: &str, times: usize) -> bool {
        let started = Instant::now();
        loop {
            // Asked first, because the last lines come before the end.
            let ended = self.reader.as_ref().is_none_or(JoinHandle::is_finished);
            if self.log.lock().expect("the log").matches(text).count() >= times {
                return true;
            }
            if ended {
                return false;
            }
            assert!(started.elapsed() < LONGEST, "{text:?} was never printed");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the command ends. A command that does not end is killed.
    pub fn end(mut self) -> CommandOutput {
        let child = self.child.take().expect("it runs");
        let pid = child.id();
        let (ended, end) = mpsc::channel::<()>();
        let watchdog = std::thread::spawn(move || {
            if end.recv_timeout(LONGEST) == Err(mpsc::RecvTimeoutError::Timeout) {
                say(&format!("process {pid} did not end and is killed"));
                send("-KILL", &pid.to_string());
            }
        });
        let output = child.wait_with_output().expect("its output");
        drop(ended);
        watchdog.join().expect("a thread");
        let reader = self.reader.take().expect("a thread");
        reader.join().expect("a log");
        let output = CommandOutput {
            stderr: self.log.lock().expect("the log").clone(),
            ..CommandOutput::of(&output)
        };
        output.checked(&self.args)
    }

    /// Sends a signal: `-KILL`, `-STOP`, `-TERM`, …
    pub fn signal(&self, signal: &str) {
        assert!(send(signal, &self.pid().to_string()), "{signal}");
    }

    /// Sends a signal to the process group, as a terminal does. The command was started as the leader of its group.
    pub fn signal_group(&self, signal: &str) {
        assert!(send(signal, &format!("-{}", self.pid())), "{signal}");
    }
}

/// The arguments of a command.
fn words(command: &Command) -> Vec<String> {
    let args = command.get_args();
    args.map(|arg| arg.to_string_lossy().into_owned()).collect()
}

/// Sends a signal to a process; returns whether the process exists.
fn send(signal: &str, pid: &str) -> bool {
    let sent = Command::new("kill").args([signal, "--", pid]).status();
    sent.expect("kill").success()
}

impl Drop for RunningCommand {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The output of a command that ended.
#[derive(Debug)]
pub struct CommandOutput {
    /// The exit code.
    pub code: i32,
    /// The results.
    pub stdout: String,
    /// The logs and errors.
    pub stderr: String,
}

impl CommandOutput {
    /// Reads the output of a process that ended.
    pub fn of(output: &Output) -> Self {
        Self {
            // As in a shell, a process that was killed by a signal has the code 128 + the number of the signal.
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

    /// Runs a command until it ends, and checks its JSON against its schema.
    pub(crate) fn run(command: &mut Command) -> Self {
        let output = command.output().expect("jobinsight can be run");
        Self::of(&output).checked(&words(command))
    }

    /// Checks the JSON of a command with these arguments against its schema.
    fn checked(self, args: &[String]) -> Self {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        schemas::check_outputs(&args, &self.stdout, &self.stderr);
        self
    }

    /// The JSON object on the last line of stdout.
    pub fn object(&self) -> serde_json::Value {
        let last = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(last)
            .unwrap_or_else(|error| panic!("{error} in {last:?}\n{}", self.stderr))
    }

    /// The message of the error in the JSON object.
    pub fn error_message(&self) -> String {
        let message = &self.object()["error"]["message"];
        message.as_str().expect("an error").to_owned()
    }

    /// A number from `stats`.
    pub fn stat(&self, name: &str) -> u64 {
        self.object()["stats"][name]
            .as_u64()
            .unwrap_or_else(|| panic!("no {name} in {}\n{}", self.stdout, self.stderr))
    }

    /// Fails the test unless the exit code is 0.
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // the result may be ignored
    pub fn ok(self) -> Self {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Fails the test unless the command ended with this exit code and its errors contain this code.
    pub fn failed(&self, exit: i32, code: &str) {
        assert_eq!(
            self.code, exit,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        assert!(self.stderr.contains(code), "no {code} in\n{}", self.stderr);
    }
}

/// Runs the command with these variables in its environment.
pub fn jobinsight(args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
    CommandOutput::run(command(args).envs(env.iter().copied()))
}

/// The command with an empty environment, in the folder for temporary files.
pub fn command(args: &[&str]) -> Command {
    static BUILT: Once = Once::new();
    let program = profile_dir().join("jobinsight");
    BUILT.call_once(|| {
        // `cargo test` alone does not build the binary of another package.
        say("building jobinsight with failpoints");
        let mut build = Command::new(env!("CARGO"));
        // Cargo set these variables for this program. The build script of `ring` reads them, so `ring` and all crates that
        // depend on it would be built again.
        for (name, _) in std::env::vars_os() {
            let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_"];
            if of_package
                .iter()
                .any(|start| name.to_string_lossy().starts_with(start))
            {
                build.env_remove(name);
            }
        }
        build.args([
            "build",
            "--quiet",
            "--package",
            "jobinsight-runner",
            // With this package, dependencies have the features that they have in the test program, and are built once.
            "--package",
            "jobinsight-tests",
            "--features",
            "jobinsight-runner/failpoints",
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
    // Advice names the program as it was called.
    command
        .arg0("jobinsight")
        .env_clear()
        .stdin(Stdio::null())
        .args(args);
    for name in ["PATH", "HOME", "JOBINSIGHT_PG_BIN"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.current_dir(std::env::temp_dir());
    command
}
