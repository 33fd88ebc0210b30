//! The conditions of `[upstream]`, which the raw table must meet before a run publishes anything.

use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Result, RunContext, advice, clock};

use super::active_run::ActiveRun;
use crate::codes;
use crate::ledger::Crawl;

/// Refuses a raw table whose newest crawl is older than `upstream.max_age` at the clock of the run.
pub(super) async fn check_age(run: &ActiveRun) -> Result<()> {
    let settings = &run.context.settings;
    let Some(text) = &settings.upstream.max_age else {
        return Ok(());
    };
    let Some(wanted) = clock::parse_age(text) else {
        return Ok(());
    };
    let moment = Some(run.context.as_of);
    let crawl = run
        .control
        .write(|link| async move { Crawl::read(&link, settings, moment).await })
        .await?;
    let retry = advice::command("retry");
    let (found, help) = match &crawl {
        Some(crawl) if crawl.age <= wanted => return Ok(()),
        Some(crawl) => (
            format!(
                "the newest crawl was at {}, {} ago",
                crawl.newest,
                crawl.age_in_words()
            ),
            format!(
                "check the crawler; to publish the old data: ETL_UPSTREAM__MAX_AGE={}h {retry}",
                crawl.age.as_secs() / 3600 + 1
            ),
        ),
        // No age is long enough, and an empty variable does not remove a setting.
        None => (
            "no raw row has a crawl time".to_owned(),
            format!(
                "let the crawler store the time of each crawl, or remove the setting upstream.max_age; then: {retry}"
            ),
        ),
    };
    Err(EtlError::new(
        codes::QUALITY_STALE_CRAWL,
        format!("{found}, and upstream.max_age = {text}; nothing is published"),
    )
    .help(help))
}

/// Refuses a raw table with too few rows: a failed crawl must not be mistaken for complete data.
pub(super) fn check_rows(run: &RunContext) -> Result<()> {
    let (Some(counts), Some(wanted)) = (run.planned(), run.settings.upstream.min_rows) else {
        return Ok(());
    };
    if counts.raw >= wanted {
        return Ok(());
    }
    Err(EtlError::new(
        codes::QUALITY_TOO_FEW_ROWS,
        format!(
            "the raw table has {}, and upstream.min_rows = {wanted}; nothing is published",
            counted(counts.raw, "row")
        ),
    )
    .help(format!(
        "check the crawl; if it is complete: ETL_UPSTREAM__MIN_ROWS=0 {}",
        advice::command("retry")
    )))
}
