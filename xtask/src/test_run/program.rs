//! The process that cargo starts in place of a test program. It runs the program and records how that ended.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

use super::record::{Ended, FOLDER, Record};

/// The name of the task, which `cargo xtask --help` does not show.
pub(crate) const TASK: &str = "test-program";

/// Runs the program in the first argument with the other arguments. Ends as the program ends.
pub(crate) fn program(args: &[String]) -> Result<ExitCode, String> {
    let [path, args @ ..] = args else {
        return Err(format!("{TASK} needs a program"));
    };
    let mut command = Command::new(path);
    command.args(args);
    let record = std::env::var_os(FOLDER).map(|folder| Record::open(Path::new(&folder)));
    let record = record.transpose()?;
    // A documentation test is not in the list. Cargo names it and counts it.
    let listed = record
        .as_ref()
        .and_then(|record| Some((record, record.programs.get(path)?)));
    let Some((record, name)) = listed else {
        return command
            .status()
            .map(code)
            .map_err(|error| failed(path, &error));
    };

    let place = format!("{} of {}", record.ended()?.len() + 1, record.programs.len());
    eprintln!("── {place}: {name}");
    let start = Instant::now();
    // The test harness of Rust says which tests failed only in its output.
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(path, &error))?;
    let mut report = Report::default();
    if let Some(stdout) = child.stdout.take() {
        show(BufReader::new(stdout), &mut report).map_err(|error| failed(path, &error))?;
    }
    let status = child.wait().map_err(|error| failed(path, &error))?;
    let ended = Ended {
        name: name.clone(),
        time: start.elapsed(),
        is_ok: status.success(),
        counts: report.counts.unwrap_or_else(|| status.to_string()),
        failed: report.failed,
    };
    eprintln!(
        "── {place}: {:.1} s, {}",
        ended.time.as_secs_f64(),
        ended.counts
    );
    record.add(&ended)?;
    Ok(code(status))
}

/// Copies the output of a program to stdout while it runs, and reads it.
fn show(mut output: impl BufRead, report: &mut Report) -> std::io::Result<()> {
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&line)?;
        stdout.flush()?;
        report.line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}

/// The names and counts that a program prints about its tests. They are shown, and decide nothing.
#[derive(Debug, Default)]
struct Report {
    failed: Vec<String>,
    counts: Option<String>,
}

impl Report {
    fn line(&mut self, line: &str) {
        if line == "failures:" {
            // The output of the tests is under the first such line, their names are under the last.
            self.failed.clear();
        } else if let Some(name) = line.strip_prefix("    ")
            && !name.contains(' ')
        {
            self.failed.push(name.to_owned());
        } else if let Some(result) = line.strip_prefix("test result: ") {
            let (_, counts) = result.split_once(". ").unwrap_or(("", result));
            let counts = counts.split("; ").filter(|count| {
                let is_time = count.starts_with("finished");
                !is_time && (!count.starts_with("0 ") || count.ends_with("passed"))
            });
            self.counts = Some(counts.collect::<Vec<_>>().join(", "));
            if !result.starts_with("FAILED") {
                self.failed.clear();
            }
        }
    }
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

fn failed(path: &str, error: &std::io::Error) -> String {
    format!("{path}: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Report {
        let mut report = Report::default();
        text.lines().for_each(|line| report.line(line));
        report
    }

    #[test]
    fn the_names_of_failed_tests_are_under_the_last_heading() {
        let report = read(
            "test a::b ... FAILED\n\nfailures:\n\n---- a::b stdout ----\n    indented\nfailures:\n    x\n\n\
             failures:\n    a::b\n    c\n\ntest result: FAILED. 1 passed; 2 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.01s\n",
        );
        assert_eq!(report.failed, ["a::b", "c"]);
        assert_eq!(
            report.counts.as_deref(),
            Some("1 passed, 2 failed, 3 ignored")
        );
        let report = read(
            "    printed\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0.00s\n",
        );
        assert!(report.failed.is_empty());
        assert_eq!(report.counts.as_deref(), Some("0 passed, 9 filtered out"));
    }
}
