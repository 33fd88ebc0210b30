//! Creates the indexes of staging after a first load, which runs without them.

use futures_util::{StreamExt, TryStreamExt, stream};
use jobinsight_core::{EtlError, PhaseContext, Result, database, failpoints};
use jobinsight_sql::indexes;
use jobinsight_sql::scripts::RESUME_AUTOVACUUM;

/// Creates the missing indexes, as many at a time as there are lanes, then turns autovacuum on again for staging. The
/// script names first the index that takes longest. If another role owns staging, its indexes are left to the owner.
pub(crate) async fn complete(cx: &PhaseContext<'_>) -> Result<()> {
    cx.doing("creating the indexes of staging");
    let steps = indexes::statements(&*cx.client().await?, cx.settings()).await?;
    let at_once = usize::try_from(cx.settings().max_workers)
        .unwrap_or(1)
        .max(1);
    for statements in steps {
        let making: Vec<_> = statements
            .into_iter()
            .map(|statement| create(cx, statement))
            .collect();
        stream::iter(making)
            .buffer_unordered(at_once)
            .try_collect::<()>()
            .await?;
    }
    resume_autovacuum(cx).await
}

/// Turns autovacuum on again. If the lock is not free at once, or another role owns the table, the next run does it. Until
/// then, the statistics of staging are only a little out of date.
async fn resume_autovacuum(cx: &PhaseContext<'_>) -> Result<()> {
    let mut client = cx.client().await?;
    let doing = "turning autovacuum on again for staging";
    if let Some(why) = indexes::change(cx, &mut client, &RESUME_AUTOVACUUM, doing).await? {
        tracing::info!("autovacuum stays off for staging until the next run: {why}");
    }
    Ok(())
}

/// Settings for building an index. Up to some millions of rows are sorted in memory. Other indexes are built at the same time,
/// so one build gets no parallel workers.
const MEANS: &str =
    "SET LOCAL maintenance_work_mem = '128MB'; SET LOCAL max_parallel_maintenance_workers = 0";

async fn create(cx: &PhaseContext<'_>, statement: String) -> Result<()> {
    let fail = |error| EtlError::database(error, "creating an index of staging");
    let mut client = cx.client().await?;
    let tx = database::begin(&mut client).await?;
    cx.fence(&tx).await?;
    tx.batch_execute(MEANS).await.map_err(fail)?;
    // A text of its own, as [`jobinsight_sql::Rendered::apply`] says.
    tx.batch_execute(&statement).await.map_err(fail)?;
    tx.commit().await.map_err(fail)?;
    failpoints::point(failpoints::DATA_SAVING_INDEX_MADE);
    Ok(())
}
