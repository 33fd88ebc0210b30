//! `jobinsight run` and `jobinsight retry`.

use std::fmt::Write;

use jobinsight_core::{Loaded, Result, database};

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::run_args::{RetryArgs, RunArgs};
use crate::commands::other_rules::{self, OtherRules};
use crate::ledger;
use crate::pipeline;
use crate::pipeline::fill;
use crate::pipeline::selection::{self, PhaseSelection, Selected};
use crate::report::results::RunResults;
use crate::report::text;
use crate::run::request::RunRequest;
use crate::run::{Ended, run_until};
use crate::session::shutdown::Stop;

pub(crate) async fn run(global: &Global, args: &RunArgs) -> Result<u8> {
    let loaded = io::open(global, args.flags())?;
    if let Some(phase) = &args.fill {
        if args.dry_run {
            return dry_fill(global, &loaded, phase).await;
        }
        return go(global, &loaded, &RunRequest::Fill(phase.clone())).await;
    }
    if args.dry_run {
        return dry_run(global, &loaded, &args.selection()).await;
    }
    let request = if args.join {
        RunRequest::Join
    } else {
        RunRequest::Fresh(args.selection())
    };
    go(global, &loaded, &request).await
}

pub(crate) async fn retry(global: &Global, args: &RetryArgs) -> Result<u8> {
    let loaded = io::open(global, args.flags())?;
    go(global, &loaded, &RunRequest::Retry(args.request())).await
}

async fn go(global: &Global, loaded: &Loaded, request: &RunRequest) -> Result<u8> {
    // A mistake in the list of phases or in their settings is reported first, because a missing address must not hide
    // it. With an address, the run itself refuses the mistake, and writes that into the ledger.
    let target = match io::target(global, loaded) {
        Ok(target) => target,
        Err(error) => {
            let specs = pipeline::checked(loaded, &request.selection())?;
            if let RunRequest::Fill(phase) = request {
                fill::specs(&specs, phase)?;
            }
            return Err(error);
        }
    };
    tracing::info!("running on {} (from {})", target.display(), target.origin);
    let stop = Stop::on_signals();
    let ended = run_until(loaded, &target, &stop, request).await;
    Ok(show(ended, global.format))
}

/// Shows which phases would work, and why the others would not. A run makes the same selection.
async fn dry_run(global: &Global, loaded: &Loaded, selection: &PhaseSelection) -> Result<u8> {
    let list = pipeline::listed(&pipeline::checked(loaded, selection)?);
    let Selected {
        choices,
        needs_queue,
    } = selection::select(&list, selection)?;
    let other = other_rules::count(global, loaded).await;
    if global.format == OutputFormat::Json {
        let phases: Vec<_> = choices
            .iter()
            .map(|choice| serde_json::json!({ "name": choice.name, "works": choice.skipped.is_none(), "why": choice.skipped }))
            .collect();
        io::print_json(
            &serde_json::json!({ "phases": phases, "needs_queue": needs_queue, "other_rules": other.as_ref().map(OtherRules::as_json) }),
        );
        return Ok(0);
    }
    let mut text = String::from("Dry run: no phase has worked. A run would select these phases:\n");
    for choice in &choices {
        let _ = match &choice.skipped {
            None => writeln!(text, "  {}", choice.name),
            Some(why) => writeln!(text, "  {} (skipped: {why})", choice.name),
        };
    }
    if needs_queue {
        text.push_str("These phases need the queue that an earlier run filled.\n");
    }
    if let Some(other) = other {
        text.push_str(&other.sentence(loaded.settings.only_unprocessed));
    }
    io::print(&text);
    Ok(0)
}

/// Shows which phases a fill would have, and how many rows.
async fn dry_fill(global: &Global, loaded: &Loaded, phase: &str) -> Result<u8> {
    let pipeline = pipeline::checked(loaded, &PhaseSelection::default())?;
    let phases: Vec<&str> = fill::specs(&pipeline, phase)?
        .iter()
        .map(|spec| spec.name)
        .collect();
    let client = database::connect_for(&io::target(global, loaded)?, "run --dry-run").await?;
    let rows = ledger::fillable(&client, &loaded.settings).await?;
    let rows = loaded.settings.limit.map_or(rows, |limit| rows.min(limit));
    match global.format {
        OutputFormat::Json => {
            io::print_json(&serde_json::json!({ "fills": phase, "rows": rows, "phases": phases }));
        }
        OutputFormat::Text => io::print(&format!(
            "Nothing is done. `{phase}` would be filled for {rows} published rows. These phases would work:\n  {}\n",
            phases.join("\n  ")
        )),
    }
    Ok(0)
}

/// Shows how a run ended. Returns its exit code.
pub(crate) fn show(ended: Ended, format: OutputFormat) -> u8 {
    let Ended { results, error } = ended;
    let code = error.as_ref().map_or(0, |error| error.kind().exit_code());
    match format {
        OutputFormat::Text => io::print(&text::summary(&shortened(&results, error.is_some()))),
        OutputFormat::Json => {}
    }
    if let Some(error) = error {
        text::show_error(error);
    }
    if format == OutputFormat::Json {
        io::print_results(&results);
    }
    code
}

/// The summary leaves out a failure, because stderr shows it already.
fn shortened(results: &RunResults, failed: bool) -> RunResults {
    let mut results = results.clone();
    if failed {
        results.message = results
            .error
            .as_ref()
            .map(|error| error.code.clone())
            .unwrap_or_default();
    }
    results
}
