//! The command as a user runs it, and what it took: wall time, CPU time of its process, resident memory at peak.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::io::retry_on_intr;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// How often the memory of a running process is looked at: it wants both processors for itself.
const LOOK: Duration = Duration::from_millis(20);
/// Clock ticks a second in `/proc`: fixed on Linux, whatever the kernel counts with.
const TICKS: f64 = 100.0;

/// What a process took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Took {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    pub(crate) peak_mb: f64,
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

    /// Runs it with these arguments; its results as JSON, and what it took.
    pub(crate) fn run(
        &self,
        url: &str,
        args: &[&str],
    ) -> Result<(serde_json::Value, Took), String> {
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
        let (output, took) = measure(&mut command)?;
        let results = output
            .lines()
            .last()
            .and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        match results {
            Some(results) if results["success"] == true => Ok((results, took)),
            other => Err(format!(
                "jobinsight run {}: {}",
                args.join(" "),
                other.map_or(output, |json| json.to_string())
            )),
        }
    }

    /// How long it takes to say what it can do.
    pub(crate) fn help(&self) -> Result<Took, String> {
        let mut command = Command::new(&self.program);
        command
            .arg("--help")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null());
        measure(&mut command).map(|(_, took)| took)
    }
}

/// Runs a command to its end.
fn measure(command: &mut Command) -> Result<(String, Took), String> {
    let start = Instant::now();
    let mut child = command
        .spawn()
        .map_err(|error| format!("{} can't be run: {error}", command.get_program().display()))?;
    let stdout = drain(&mut child);
    let id = child.id();
    let (over, end) = channel::<()>();
    let peak = std::thread::spawn(move || {
        let mut peak = 0.0_f64;
        while end.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            peak = peak.max(peak_mb(id).unwrap_or(0.0));
        }
        peak
    });
    // It is left to be waited for again: until then its times stand in `/proc`.
    let ends = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    let process = Pid::from_child(&child);
    retry_on_intr(|| waitid(WaitId::Pid(process), ends)).map_err(|error| error.to_string())?;
    let wall = start.elapsed().as_secs_f64();
    drop(over);
    let cpu = cpu_time(id).unwrap_or(0.0);
    child.wait().map_err(|error| error.to_string())?;
    let peak_mb = peak.join().unwrap_or(0.0);
    let took = Took { wall, cpu, peak_mb };
    Ok((stdout.join().unwrap_or_default(), took))
}

/// Reads what the child says, so that it never waits for us.
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

/// CPU time of a process (`proc(5)`: fields 14 and 15 of `stat`, behind the name in brackets).
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
