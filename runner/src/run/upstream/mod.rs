//! The conditions of `[upstream]`, which the raw table must meet before a run publishes anything.

mod conditions;
mod wait;

use jobinsight_core::{EtlError, Result, RunContext};

use super::active_run::ActiveRun;
use crate::ledger::Crawl;

pub(crate) use wait::{Wait, wait};

/// Refuses a raw table whose newest crawl is older than `upstream.max_age` at the clock of the run, and a raw table for which
/// the query `upstream.sql` does not return true.
pub(super) async fn check_crawl(run: &ActiveRun) -> Result<()> {
    let settings = &run.context.settings;
    if settings.upstream.max_age.is_some() {
        let moment = Some(run.context.as_of);
        let crawl = run
            .control
            .write(|link| async move { Crawl::read(&link, settings, moment).await })
            .await?;
        conditions::age(settings, crawl.as_ref()).map_err(refused)?;
    }
    if let Some(sql) = &settings.upstream.sql {
        let link = run.control.another().await?;
        conditions::query(sql, conditions::ask(&link, sql).await?).map_err(refused)?;
    }
    Ok(())
}

/// Refuses a raw table with too few rows: a failed crawl must not be mistaken for complete data.
pub(super) fn check_rows(run: &RunContext) -> Result<()> {
    run.planned().map_or(Ok(()), |counts| {
        conditions::rows(&run.settings, counts.raw).map_err(refused)
    })
}

/// The error of a run that a condition refused.
fn refused(error: EtlError) -> EtlError {
    error.and("nothing is published")
}
