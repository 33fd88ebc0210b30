//! The limits of the section `warn`. A successful run that exceeds one gets a note.

use jobinsight_core::plural::counted;
use jobinsight_core::state::RunState;
use jobinsight_core::{Result, Settings, clock};

use super::active_run::ActiveRun;
use super::progress::Progress;
use crate::ledger::{self, Crawl, RunEntry};
use crate::report::results::{CRAWL_AGE, ExceededLimit, RunResults};
use crate::report::stats::median;

/// How many of the last runs are read for the median.
const RUNS: i64 = 30;

/// The fewest successful runs that have a median.
const FEWEST: usize = 5;

/// Notes each limit that a successful run exceeded.
pub(super) async fn note(run: &ActiveRun, progress: &mut Progress) {
    let settings = &run.context.settings;
    let results = &mut progress.results;
    if !results.success || !run.control.is_enlisted() {
        return;
    }
    let mut exceeded = of_results(settings, results);
    match of_ledger(run, results).await {
        Ok(more) => exceeded.extend(more),
        Err(error) => tracing::warn!("limits of the section warn were not checked: {error}"),
    }
    for limit in &exceeded {
        tracing::warn!("{}", limit.message);
        results.notes.push(limit.message.clone());
    }
    results.exceeded = exceeded;
}

fn limit(setting: &str, message: &str) -> ExceededLimit {
    ExceededLimit {
        setting: setting.to_owned(),
        message: format!("{message} (limit: {setting})"),
    }
}

/// The limits that the results alone exceed.
#[allow(clippy::cast_precision_loss)] // counts of rows, megabytes
fn of_results(settings: &Settings, results: &RunResults) -> Vec<ExceededLimit> {
    let (warn, stats) = (&settings.warn, &results.stats);
    let mut exceeded = Vec::new();
    let share = stats.failure_count as f64 / stats.total_records.max(1) as f64;
    if warn.rejected_share.is_some_and(|most| share > most) {
        exceeded.push(limit(
            "warn.rejected_share",
            &format!(
                "{} of {} are rejected, {:.2} %",
                stats.failure_count,
                counted(stats.total_records, "raw row"),
                share * 100.0
            ),
        ));
    }
    let peaks = results.phases.iter().map(|phase| phase.rss_peak_mb);
    let peak = peaks.fold(0.0, f64::max);
    if warn.memory_mb.is_some_and(|most| peak > most as f64) {
        exceeded.push(limit(
            "warn.memory_mb",
            &format!("the process used {peak} MB"),
        ));
    }
    exceeded
}

/// The limits for which the ledger or the raw table is read.
async fn of_ledger(run: &ActiveRun, results: &RunResults) -> Result<Vec<ExceededLimit>> {
    let settings = &run.context.settings;
    let mut exceeded = Vec::new();
    if let Some(factor) = settings.warn.duration_factor {
        let runs = run
            .control
            .write_last(|link| async move { ledger::runs(&link, settings, "", RUNS).await })
            .await?;
        let seconds = results.stats.duration_seconds;
        if let Some(median) = median_duration(&runs).filter(|median| seconds > factor * median) {
            exceeded.push(limit(
                "warn.duration_factor",
                &format!(
                    "the run took {seconds:.1} s, and the median of the last runs is {median:.1} s"
                ),
            ));
        }
    }
    if let Some(text) = &settings.warn.crawl_age {
        let link = run.control.another().await?;
        let crawl = Crawl::read(&link, settings, Some(run.context.as_of)).await?;
        let most = clock::parse_age(text);
        if let (Some(crawl), Some(most)) = (crawl, most)
            && crawl.age > most
        {
            exceeded.push(limit(
                CRAWL_AGE,
                &format!(
                    "the newest crawl was at {}, {} before the run",
                    crawl.newest,
                    crawl.age_in_words()
                ),
            ));
        }
    }
    Ok(exceeded)
}

/// The median duration of successful runs in seconds; `None` if they are too few.
fn median_duration(runs: &[RunEntry]) -> Option<f64> {
    let done = runs
        .iter()
        .filter(|run| run.state == RunState::Done && run.fills.is_none());
    let seconds: Vec<f64> = done
        .filter_map(|run| run.results.as_ref()?["stats"]["duration_seconds"].as_f64())
        .collect();
    if seconds.len() < FEWEST {
        return None;
    }
    median(seconds)
}
