//! `jobinsight runs`: the ledger, as people and machines read it.

use std::fmt::Write;

use jobinsight_core::database::{self, Connection};
use jobinsight_core::plural::counted;
use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Loaded, Result, advice};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::cli::args::{Global, OutputFormat, RunsCommand};
use crate::cli::io;
use crate::codes;
use crate::ledger::{self, Event, Ledger, PhaseEntry, ProcessEntry, Queue, RunEntry};
use crate::report::results::Warnings;
use crate::report::table::TextTable;
use crate::report::text;
use crate::session::run_lock::{self, LockHolder};

/// The last runs, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct RunList {
    /// The runs, the last one first.
    runs: Vec<RunEntry>,
}

/// A run with its parts, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct RunDetails {
    /// The run.
    run: RunEntry,
    /// The phases of all attempts.
    phases: Vec<PhaseEntry>,
    /// The batches by state, and the sum of the published batches.
    batches: Queue,
    /// Rows with a warning, by field and warning.
    warnings: Warnings,
    /// The processes that worked on the run.
    processes: Vec<ProcessEntry>,
    /// The changes of state, in order.
    events: Vec<Event>,
}

pub(crate) async fn runs(global: &Global, command: &RunsCommand) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let client =
        database::connect_for(&io::target(global, &loaded)?, "runs", &loaded.settings).await?;
    match command {
        RunsCommand::List { limit } => list(global, &loaded, &client, *limit).await,
        RunsCommand::Show { run } => show(global, &loaded, &client, run.as_deref()).await,
    }
}

/// The last runs; none if there is no ledger yet.
pub(crate) async fn last(
    client: &Connection,
    loaded: &Loaded,
    name: &str,
    limit: i64,
) -> Result<Vec<RunEntry>> {
    if !ledger::exists(client, &loaded.settings.staging_schema()).await? {
        return Ok(Vec::new());
    }
    let mut runs = ledger::runs(client, &loaded.settings, name, limit).await?;
    abandon(client, loaded, &mut runs).await?;
    Ok(runs)
}

/// Shows a run that was killed as abandoned. The ledger says `running` until the next run marks it, but such a run does
/// not have the run lock.
async fn abandon(client: &Connection, loaded: &Loaded, runs: &mut [RunEntry]) -> Result<()> {
    if runs.iter().all(|run| run.state != RunState::Running) {
        return Ok(());
    }
    let holder = run_lock::holder(client, &loaded.settings).await?;
    // The server may hide the name of the holder from this role. Then any run may be the one in progress.
    let in_progress = holder.as_ref().map(LockHolder::run);
    for run in runs {
        let may_run = in_progress.is_some_and(|id| id.is_none_or(|id| id == run.run_id));
        if run.state == RunState::Running && !may_run {
            run.state = RunState::Abandoned;
        }
    }
    Ok(())
}

async fn list(global: &Global, loaded: &Loaded, client: &Connection, limit: i64) -> Result<u8> {
    let runs = last(client, loaded, "", limit).await?;
    if global.format == OutputFormat::Json {
        io::print_json(&RunList { runs });
        return Ok(0);
    }
    if runs.is_empty() {
        io::print_text(&format!(
            "There was no run yet: {}\n",
            advice::command("run")
        ));
        return Ok(0);
    }
    let mut table = text::table(&[
        "run", "state", "attempt", "began", "seconds", "new", "updated", "rejected", "message",
    ]);
    for run in &runs {
        table.add_row(row(run));
    }
    io::print_text(&format!("{table}\n"));
    Ok(0)
}

/// A line of the list.
fn row(run: &RunEntry) -> [String; 9] {
    let stat = |name: &str| {
        run.results
            .as_ref()
            .map(|results| &results["stats"][name])
            .filter(|value| value.is_number())
            .map_or_else(String::new, ToString::to_string)
    };
    [
        run.run_id.to_string(),
        run.state.to_string(),
        run.attempt.to_string(),
        run.started_at.clone(),
        stat("duration_seconds"),
        stat("new"),
        stat("updated"),
        stat("rejected"),
        outcome(run),
    ]
}

/// The error or the summary of a run. The summary of a fill names its phase; an error does not.
fn outcome(run: &RunEntry) -> String {
    match (&run.error_code, &run.fills) {
        (Some(code), Some(phase)) => format!("fill of {phase}: {code}"),
        (Some(code), None) => code.clone(),
        (None, Some(phase)) if run.message.is_none() => format!("fill of {phase}"),
        (None, _) => run.message.clone().unwrap_or_default(),
    }
}

/// The run whose id starts with `name`; without a name, the last run.
pub(super) async fn selected(
    client: &Connection,
    loaded: &Loaded,
    name: Option<&str>,
) -> Result<RunEntry> {
    let limit = if name.is_some() { 2 } else { 100 };
    let mut found = last(client, loaded, name.unwrap_or_default(), limit).await?;
    let run = match (name, found.as_slice()) {
        // A run that was refused did not begin.
        (None, runs) => runs
            .iter()
            .position(|run| run.state != RunState::Refused)
            .or((!runs.is_empty()).then_some(0)),
        (Some(_), [_]) => Some(0),
        (Some(_), _) => None,
    };
    run.map(|index| found.swap_remove(index))
        .ok_or_else(|| unknown(name))
}

async fn show(
    global: &Global,
    loaded: &Loaded,
    client: &Connection,
    name: Option<&str>,
) -> Result<u8> {
    let run = &selected(client, loaded, name).await?;
    let ledger = Ledger::new(&loaded.settings, run.run_id, run.attempt, Uuid::nil());
    let (phases, events) = (ledger.phases(client).await?, ledger.events(client).await?);
    let (processes, queue) = (ledger.processes(client).await?, ledger.queue(client).await?);
    let warnings = ledger.warnings(client).await?;
    if global.format == OutputFormat::Json {
        io::print_json(&RunDetails {
            run: run.clone(),
            phases,
            batches: queue,
            warnings,
            processes,
            events,
        });
        return Ok(0);
    }
    let mut text = head(run, &queue);
    let _ = writeln!(text, "{}\n", phase_table(&phases));
    if !warnings.is_empty() {
        let _ = writeln!(text, "{}\n", text::warnings(&warnings));
    }
    for process in &processes {
        let _ = writeln!(text, "{}", process_line(process));
    }
    let _ = writeln!(text, "{}", event_table(events));
    io::print_text(&text);
    Ok(0)
}

/// The lines about the run and its batches.
fn head(run: &RunEntry, queue: &Queue) -> String {
    let mut text = format!(
        "Run {}: {}, attempt {}, on {} (pid {})\n",
        run.run_id, run.state, run.attempt, run.host, run.pid
    );
    if let Some(phase) = &run.fills {
        let _ = writeln!(text, "Fill of `{phase}`: a fill publishes nothing");
    }
    let ended = run.finished_at.as_deref().unwrap_or("not yet");
    let _ = writeln!(text, "Began {}, ended {ended}", run.started_at);
    if let Some(message) = &run.message {
        let code = run.error_code.as_ref();
        let code = code.map(|code| format!("{code}: ")).unwrap_or_default();
        let _ = writeln!(text, "{code}{message}");
    }
    let _ = writeln!(
        text,
        "Batches: {} {}, {} queued, {} claimed, {} failed, {} planned again by a later run",
        queue.done,
        run.batch_verb(),
        queue.queued,
        queue.claimed,
        queue.failed,
        queue.superseded
    );
    text.push_str(&text::other_programs(&queue.other_programs));
    text
}

fn process_line(process: &ProcessEntry) -> String {
    let state = if process.ended {
        "ended".to_owned()
    } else {
        format!("last heartbeat {}", process.heartbeat_at)
    };
    format!(
        "Process {} on {}: {}, {state}",
        process.pid,
        process.host,
        counted(process.batches, "batch")
    )
}

fn unknown(name: Option<&str>) -> EtlError {
    let message = match name {
        Some(name) => format!("no run, or more than one, has an id that starts with `{name}`"),
        None => "there was no run yet".to_owned(),
    };
    let help = match name {
        Some(_) => format!("`{}` shows the ids", advice::command("runs list")),
        None => advice::command("run"),
    };
    EtlError::new(codes::RUN_UNKNOWN, message).help(help)
}

fn phase_table(phases: &[PhaseEntry]) -> TextTable {
    let mut table = text::table(&[
        "attempt", "phase", "state", "seconds", "peak MB", "rows in", "rows out", "rejected",
        "retries", "why",
    ]);
    for phase in phases {
        let number = |name: &str| {
            phase
                .results
                .as_ref()
                .map_or_else(String::new, |results| results[name].to_string())
        };
        table.add_row([
            phase.attempt.to_string(),
            phase.phase.clone(),
            phase.state.to_string(),
            number("duration_s"),
            number("rss_peak_mb"),
            number("rows_in"),
            number("rows_out"),
            number("rejected"),
            number("retries"),
            phase.why.clone().unwrap_or_default(),
        ]);
    }
    table
}

fn event_table(events: Vec<Event>) -> TextTable {
    let mut table = text::table(&["at", "attempt", "event", "phase", "batch", "detail"]);
    for event in events {
        table.add_row([
            event.at,
            event.attempt.to_string(),
            event.event,
            event.phase.unwrap_or_default(),
            event
                .batch
                .map_or_else(String::new, |batch| batch.to_string()),
            event.detail.unwrap_or_default(),
        ]);
    }
    table
}
