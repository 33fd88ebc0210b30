//! The conditions of `[upstream]`, which the raw table must meet before a run publishes anything.

mod conditions;
mod wait;

use jobinsight_core::{EtlError, Result, RunContext};

use super::active_run::ActiveRun;
use crate::codes;
use crate::ledger::Crawl;

pub(crate) use wait::{Wait, wait};

/// Refuses a raw table whose newest crawl is older than `upstream.max_age` at the clock of the run, and a raw table for which
/// the query `upstream.sql` does not return true.
pub(super) async fn check_crawl(run: &ActiveRun) -> Result<()> {
    let upstream = &run.context.settings.upstream;
    if upstream.max_age.is_none() && upstream.sql.is_none() {
        return Ok(());
    }
    // The statements may wait for a lock on the raw table. Heartbeats and the last writes of the run must not wait with them, so
    // they have a separate connection.
    let look = run.control.write(|_| look(run));
    tokio::select! {
        found = look => found?.map_err(|unmet| unmet.and("nothing is published")),
        () = run.context.cancel.cancelled() => {
            let stopped = "looking at the raw table was stopped";
            Err(EtlError::new(codes::RUN_CANCELLED, stopped))
        }
    }
}

/// Looks at the raw table. The inner error says which condition is not met.
async fn look(run: &ActiveRun) -> Result<Result<()>> {
    let settings = &run.context.settings;
    let link = run.control.another().await?;
    if settings.upstream.max_age.is_some() {
        let crawl = Crawl::read(&link, settings, Some(run.context.as_of)).await?;
        if let Err(unmet) = conditions::age(settings, crawl.as_ref()) {
            return Ok(Err(unmet));
        }
    }
    match &settings.upstream.sql {
        Some(sql) => Ok(conditions::query(sql, conditions::ask(&link, sql).await?)),
        None => Ok(Ok(())),
    }
}

/// Refuses a raw table with too few rows: a failed crawl must not be mistaken for complete data.
pub(super) fn check_rows(run: &RunContext) -> Result<()> {
    run.planned().map_or(Ok(()), |counts| {
        conditions::rows(&run.settings, counts.raw)
            .map_err(|unmet| unmet.and("nothing is published"))
    })
}
