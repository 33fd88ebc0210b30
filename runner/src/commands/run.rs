//! `jobinsight run`.

use jobinsight_core::Result;

use crate::cli::{Format, Global, RunArgs};
use crate::results::RunResults;
use crate::run::Ended;
use crate::{report, session};

pub(crate) async fn run(global: &Global, args: &RunArgs) -> Result<u8> {
    let loaded = session::open(global, args.flags())?;
    let target = session::target(global, &loaded)?;
    tracing::info!("running on {} (from {})", target.display(), target.origin);
    let ended = crate::run::run(&loaded, &target).await;
    Ok(show(ended, global.format))
}

/// Shows how a run ended, and gives its exit code.
pub(crate) fn show(ended: Ended, format: Format) -> u8 {
    let Ended { results, error } = ended;
    let code = error.as_ref().map_or(0, |error| error.kind().exit_code());
    match format {
        Format::Text => session::print(&report::summary(&shortened(&results, error.is_some()))),
        Format::Json => {}
    }
    if let Some(error) = error {
        session::show(error);
    }
    if format == Format::Json {
        session::print_json(&results);
    }
    code
}

/// A failure is shown whole on stderr: the summary does not say it a second time.
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
