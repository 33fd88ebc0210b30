//! The phase `fill_planning`, which puts the published rows into the queue.

use jobinsight_core::{
    EtlError, Once, PhaseContext, Plugin, Resource, Result, Role, RoleKind, RunCounts, Settings,
    async_trait, database,
};
use jobinsight_sql::plan::{self, AUTOMATIC_BATCH_SIZE};
use jobinsight_sql::scripts::{ANALYZE_WORK, CLEAR_WORK, PLAN_FILL};
use jobinsight_sql::tables;
use tokio_postgres::Transaction;

use super::no_settings::NoSettings;

pub(super) struct FillPlanning;

impl Plugin for FillPlanning {
    const NAME: &'static str = "fill_planning";
    const ABOUT: &'static str = "puts the published rows into the queue";
    const ROLE: RoleKind = RoleKind::Once;
    const NEEDS: &'static [Resource] = &[Resource::Schema];
    const GIVES: &'static [Resource] = &[Resource::Queue];
    type Settings = NoSettings;

    fn build(_: NoSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Once(Box::new(Self)))
    }
}

#[async_trait]
impl Once for FillPlanning {
    async fn run(&self, cx: &PhaseContext<'_>) -> Result<()> {
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        cx.fence(&tx).await?;
        let counts = match plan::read(&tx, cx.settings(), cx.run.run_id).await? {
            // The answer to the COMMIT of an earlier attempt was lost.
            Some(counts) => counts,
            None => fill_queue(cx, &tx).await?,
        };
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "filling the queue"))?;
        cx.plan(counts);
        cx.count_rows(counts.raw, counts.planned);
        Ok(())
    }
}

async fn fill_queue(cx: &PhaseContext<'_>, tx: &Transaction<'_>) -> Result<RunCounts> {
    let settings = cx.settings();
    let clear = CLEAR_WORK.render(settings);
    tx.batch_execute(clear.sql())
        .await
        .map_err(|error| clear.error(error, "clearing the work tables"))?;
    let is_distributed = tables::any_distributed(tx, &[&settings.raw_table()])
        .await
        .map_err(|error| EtlError::database(error, "looking for distributed tables"))?;
    let plan = PLAN_FILL.render_with(settings, &[("has_places", (!is_distributed).into())]);
    let limit = settings.limit.map(u64::cast_signed);
    let batch_size = i64::from(settings.batch_size.unwrap_or(AUTOMATIC_BATCH_SIZE));
    let row = tx
        .query_one(
            plan.sql(),
            &[&cx.run.run_id, &cx.run.rules(), &limit, &batch_size],
        )
        .await
        .map_err(|error| plan.error(error, "filling the queue"))?;
    let analyze = ANALYZE_WORK.render(settings);
    tx.batch_execute(analyze.sql())
        .await
        .map_err(|error| analyze.error(error, "analyzing the work tables"))?;
    Ok([0, 1, 2, 3, 4, 5]
        .map(|index| row.get::<_, i64>(index))
        .into())
}
