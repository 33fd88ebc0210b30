//! `jobinsight report`: the report of a run, as one HTML page and as JSON.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jobinsight_core::database::{self, Connection};
use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Loaded, Result};

use super::config::origins;
use super::runs::{last, selected};
use crate::cli::args::{Global, OutputFormat, ReportArgs};
use crate::cli::io;
use crate::codes;
use crate::ledger::RunEntry;
use crate::report_page::{self, RunReport, Subject};
use crate::session::run_lock::{self, LockHolder};

/// How many of the last runs are read to find the last one. Refused runs do not count.
const RUNS: i64 = 100;

/// Where the page goes.
enum Destination {
    Stdout,
    File(PathBuf),
    /// No page is written.
    None,
}

/// Writes the report.
pub(crate) async fn report(global: &Global, args: &ReportArgs) -> Result<u8> {
    let is_json = global.format == OutputFormat::Json;
    let is_stdout = args.output.as_deref() == Some(Path::new("-"));
    if is_json && is_stdout {
        return Err(EtlError::new(
            codes::REPORT_TWO_OUTPUTS,
            "the page and the JSON cannot both go to standard output",
        ));
    }
    let loaded = io::open(global, Vec::new())?;
    let target = io::target(global, &loaded)?;
    let client = database::connect_for(&target, "report", &loaded.settings).await?;
    report_page::begin(&client, &loaded.settings).await?;
    let run = selected(&client, &loaded, args.run.as_deref()).await?;
    let later = later(&client, &loaded, &run).await?;
    let active = run_lock::holder(&client, &loaded.settings).await?;
    let subject = Subject {
        run: &run,
        later: later.as_ref(),
        active: active.as_ref().map(LockHolder::describe),
        settings: origins(&loaded, Some(&target)),
    };
    let report = RunReport::read(&client, &loaded.settings, subject).await?;
    drop(client);
    let destination = match &args.output {
        _ if is_stdout => Destination::Stdout,
        Some(file) => Destination::File(file.clone()),
        None if is_json => Destination::None,
        None => Destination::File(format!("jobinsight-report-{}.html", run.run_id).into()),
    };
    match &destination {
        Destination::Stdout => io::print(&report_page::html(&report)?),
        Destination::File(file) => {
            write(file, &report_page::html(&report)?)?;
            if !is_json {
                io::print(&format!("{}\n", file.display()));
            }
        }
        Destination::None => {}
    }
    if is_json {
        io::print_json(&report);
    }
    Ok(0)
}

/// The last run, if it is not this one.
async fn later(client: &Connection, loaded: &Loaded, run: &RunEntry) -> Result<Option<RunEntry>> {
    let runs = last(client, loaded, "", RUNS).await?;
    let last = runs
        .into_iter()
        .find(|found| found.state != RunState::Refused || found.run_id == run.run_id);
    Ok(last.filter(|last| last.run_id != run.run_id))
}

/// Writes the page. A reader sees the whole old file or the whole new file. A device or a pipe is written directly.
fn write(file: &Path, page: &str) -> Result<()> {
    // The target of a symbolic link is replaced, and not the link.
    let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let is_special = std::fs::metadata(&file).is_ok_and(|metadata| !metadata.is_file());
    let write = || -> std::io::Result<()> {
        if is_special {
            return std::fs::OpenOptions::new()
                .write(true)
                .open(&file)?
                .write_all(page.as_bytes());
        }
        // As for any new file, the umask decides who may read it.
        let mut new = tempfile::Builder::new()
            .prefix(".jobinsight-report")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        new.write_all(page.as_bytes())?;
        new.persist(&file).map(drop).map_err(|error| error.error)
    };
    write().map_err(|error| {
        EtlError::new(
            codes::REPORT_NOT_WRITTEN,
            format!("the report cannot be written: {}: {error}", file.display()),
        )
    })
}
