//! Runs the command as a user does, and measures it: wall time, CPU time of its process, peak of the resident memory.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::io::retry_on_intr;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// The interval at which the memory of a running process is read. It is long, because the process needs both processors.
const INTERVAL: Duration = Duration::from_millis(20);
/// Clock ticks per second in `/proc`, which are fixed on Linux.
const TICKS: f64 = 100.0;

/// Time and memory that a process used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    pub(crate) peak_mb: f64,
}

impl Usage {
    /// The usage of something that has no process of its own.
    pub(crate) fn of(wall: f64) -> Self {
        Self {
            wall,
            ..Self::default()
        }
    }
}

/// The command, built for release.
pub(crate) struct Pipeline {
    program: PathBuf,
    state: PathBuf,
}

impl Pipeline {
    pub(crate) fn new(root: &Path, state: PathBuf) -> Self {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Self {
            program: target.join("release/jobinsight"),
            state,
        }
    }

    /// Runs the pipeline with these arguments; returns the results as JSON, and the usage.
    pub(crate) fn run(
        &self,
        url: &str,
        args: &[&str],
    ) -> Result<(serde_json::Value, Usage), String> {
        let mut command = Command::new(&self.program);
        command
            .args(["--format", "json", "run", "--log-level", "warn"])
            .args(args);
        for (name, _) in std::env::vars_os().filter(|(name, _)| {
            let name = name.to_string_lossy();
            name.starts_with("ETL_") || name.starts_with("PG") || name.starts_with("DB_")
        }) {
            command.env_remove(name);
        }
        command
            .env("DATABASE_URL", url)
            .env("ETL_STATE_DIR", &self.state);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .stdin(Stdio::null());
        let (output, usage) = measure(&mut command)?;
        let results = output
            .lines()
            .last()
            .and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        match results {
            Some(results) if results["success"] == true => Ok((results, usage)),
            other => Err(format!(
                "jobinsight run {}: {}",
                args.join(" "),
                other.map_or(output, |json| json.to_string())
            )),
        }
    }

    /// Measures `--help`.
    pub(crate) fn help(&self) -> Result<Usage, String> {
        let mut command = Command::new(&self.program);
        command
            .arg("--help")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null());
        measure(&mut command).map(|(_, usage)| usage)
    }
}

/// Runs a command to its end; returns the output and the usage.
pub(crate) fn measure(command: &mut Command) -> Result<(String, Usage), String> {
    let start = Instant::now();
    let mut child = command
        .spawn()
        .map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
    let stdout = drain(&mut child);
    let id = child.id();
    let (finished, end) = channel::<()>();
    let peak = std::thread::spawn(move || {
        let mut peak = 0.0_f64;
        while end.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
            peak = peak.max(peak_mb(id).unwrap_or(0.0));
        }
        peak
    });
    // NOWAIT keeps the entry in `/proc`, from which the times are read, until the second wait.
    let ends = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let process = Pid::from_child(&child);
    retry_on_intr(|| waitid(WaitId::Pid(process), ends)).map_err(|error| error.to_string())?;
    let wall = start.elapsed().as_secs_f64();
    drop(finished);
    let cpu = cpu_time(id).unwrap_or(0.0);
    child.wait().map_err(|error| error.to_string())?;
    let peak_mb = peak.join().unwrap_or(0.0);
    let usage = Usage { wall, cpu, peak_mb };
    Ok((stdout.join().unwrap_or_default(), usage))
}

/// Reads the output of the child in threads, so that the child never waits for us.
fn drain(child: &mut Child) -> std::thread::JoinHandle<String> {
    use std::io::Read;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    std::thread::spawn(move || {
        let mut errors = err.map(|mut err| {
            std::thread::spawn(move || {
                let mut text = String::new();
                let _ = err.read_to_string(&mut text);
                text
            })
        });
        let mut text = String::new();
        if let Some(mut out) = out {
            let _ = out.read_to_string(&mut text);
        }
        if text.is_empty()
            && let Some(errors) = errors.take()
        {
            text = errors.join().unwrap_or_default();
        }
        text
    })
}

/// CPU time of a process (`proc(5)`: fields 14 and 15 of `stat`, after the name in brackets).
fn cpu_time(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / TICKS)
}

fn peak_mb(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}
