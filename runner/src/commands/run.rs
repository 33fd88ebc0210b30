//! `jobinsight run` and `jobinsight retry`.

use jobinsight_core::{Loaded, Result};

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::run_args::{RetryArgs, RunArgs};
use crate::commands::dry_run;
use crate::pipeline;
use crate::pipeline::fill;
use crate::report::results::RunResults;
use crate::report::text;
use crate::run::request::RunRequest;
use crate::run::{Ended, run_until, upstream};
use crate::session::shutdown::Stop;

pub(crate) async fn run(global: &Global, args: &RunArgs) -> Result<u8> {
    let loaded = io::open_with(global, args.flags(), &args.more.with)?;
    if let Some(phase) = &args.fill {
        if args.dry_run {
            return dry_run::fill(global, &loaded, phase).await;
        }
        return go(global, &loaded, &RunRequest::Fill(phase.clone())).await;
    }
    if args.dry_run {
        return dry_run::run(global, &loaded, &args.selection()).await;
    }
    let request = if args.join {
        RunRequest::Join
    } else {
        RunRequest::Fresh(args.selection())
    };
    if let Some(wait) = &args.wait_upstream {
        let target = io::target(global, &loaded)?;
        let stop = Stop::on_signals();
        let waited = upstream::wait(&loaded.settings, &target, &stop, wait).await?;
        tracing::info!("upstream is ready, after {} s", waited.as_secs());
        let ended = run_until(&loaded, &target, &stop, &request).await;
        return Ok(show(ended, global.format));
    }
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
    let stop = Stop::on_signals();
    let ended = run_until(loaded, &target, &stop, request).await;
    Ok(show(ended, global.format))
}

/// Shows how a run ended. Returns its exit code.
pub(crate) fn show(ended: Ended, format: OutputFormat) -> u8 {
    let Ended { results, error } = ended;
    let code = error.as_ref().map_or(0, |error| error.kind().exit_code());
    match format {
        OutputFormat::Text => io::print_text(&text::summary(&shortened(&results, error.is_some()))),
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
