//! Finds what is to do in one set-based statement, with what SQL parses (salary, due date), and fills the queue.
#![forbid(unsafe_code)]

use jobinsight_core::{
    EtlError, Kind, Once, PhaseContext, PhaseSpec, Plugin, Result, Role, RoleKind, RuleSet,
    RunCounts, Settings, async_trait, database, fault,
};
use jobinsight_sql::plan;
use jobinsight_sql::scripts::{PLAN_BATCHES, PLAN_WORK, REFRESH_TIME_REMAINING};
use serde::{Deserialize, Serialize};
use tokio_postgres::Transaction;

/// Rows a transaction when `batch_size` is not set: large enough that a transaction's cost is nothing beside its
/// rows, small enough that lanes × batch stays small in memory.
const AUTOMATIC_BATCH_SIZE: u32 = 20_000;

/// What the Python pipeline counted with.
const V1_USD_VND_RATE: f64 = 24_000.0;

/// Settings of this phase: `[phases.sql_procedures]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SqlProceduresSettings {
    /// VND for one USD. The rule set `v1` always counts with 24,000.
    pub usd_vnd_rate: f64,
    /// Refresh `time_remaining` of rows that stand.
    pub refresh_time_remaining: bool,
}

impl Default for SqlProceduresSettings {
    fn default() -> Self {
        Self {
            usd_vnd_rate: 25_000.0,
            refresh_time_remaining: true,
        }
    }
}

struct SqlProcedures {
    rate: String,
    refresh: bool,
}

impl Plugin for SqlProcedures {
    const NAME: &'static str = "sql_procedures";
    const ABOUT: &'static str =
        "finds what is to do, parses salary and deadline in SQL, fills the queue";
    const ROLE: RoleKind = RoleKind::Once;
    const NEEDS: &'static [&'static str] = &["schema"];
    const GIVES: &'static [&'static str] = &["queue"];
    type Settings = SqlProceduresSettings;

    fn build(settings: SqlProceduresSettings, common: &Settings) -> Result<Role> {
        let rate = match common.rules {
            RuleSet::Standard => settings.usd_vnd_rate,
            RuleSet::V1 => V1_USD_VND_RATE,
        };
        if !(rate.is_finite() && (1.0..=1_000_000.0).contains(&rate)) {
            return Err(EtlError::new(
                Kind::Usage,
                "jobinsight::settings::invalid",
                format!("phases.sql_procedures.usd_vnd_rate = {rate} is not allowed"),
            )
            .help("allowed: 1 to 1000000 VND for one USD"));
        }
        Ok(Role::Once(Box::new(Self {
            rate: rate.to_string(),
            refresh: settings.refresh_time_remaining,
        })))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<SqlProcedures>() }

#[async_trait]
impl Once for SqlProcedures {
    async fn run(&self, cx: &PhaseContext<'_>) -> Result<()> {
        let settings = cx.settings();
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        cx.fence(&tx).await?;
        let counts = match plan::read(&tx, settings, cx.run.run_id).await? {
            // The answer to an earlier attempt's COMMIT was lost, or it ended before what follows was done.
            Some(counts) => counts,
            None => self.plan(cx, &tx).await?,
        };
        fault::point("sql_procedures/before_commit");
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "filling the queue"))?;
        fault::point("sql_procedures/after_commit");
        let (raw, planned) = (counts.raw, counts.planned);
        let staging = settings.staging_schema();
        if planned > 0 {
            // A fresh work table has no statistics, and joins would be planned for an empty one.
            client
                .batch_execute(&format!("ANALYZE {staging}.etl_work"))
                .await
                .map_err(|error| EtlError::database(error, "analyzing the work table"))?;
        }
        cx.plan(counts);
        cx.count_rows(raw, planned);
        if self.refresh {
            let refresh = REFRESH_TIME_REMAINING.render(settings);
            let rows = client
                .execute(refresh.sql(), &[&cx.run.as_of])
                .await
                .map_err(|error| refresh.error(error, "refreshing time_remaining"))?;
            if rows > 0 {
                tracing::info!("time_remaining refreshed on {rows} rows");
            }
        }
        Ok(())
    }
}

impl SqlProcedures {
    /// Finds the work and cuts it into batches, in one transaction.
    async fn plan(&self, cx: &PhaseContext<'_>, tx: &Transaction<'_>) -> Result<RunCounts> {
        let settings = cx.settings();
        let (work, batches) = (PLAN_WORK.render(settings), PLAN_BATCHES.render(settings));
        let staging = settings.staging_schema();
        // The lock on runs is ours: what an earlier run left in the queue is found again by comparing.
        tx.batch_execute(&format!("TRUNCATE {staging}.etl_work"))
            .await
            .map_err(|error| EtlError::database(error, "clearing the work table"))?;
        let rules = settings.rules.name();
        let rule_set = rule_set(settings, &self.rate);
        let limit = settings.limit.map(u64::cast_signed);
        let batch_size = i64::from(settings.batch_size.unwrap_or(AUTOMATIC_BATCH_SIZE));
        let row = tx
            .query_one(
                work.sql(),
                &[
                    &rules,
                    &self.rate,
                    &rule_set,
                    &settings.only_unprocessed,
                    &limit,
                    &batch_size,
                ],
            )
            .await
            .map_err(|error| work.error(error, "finding the work"))?;
        let [raw, planned, unchanged, rejected_before] = [0, 1, 2, 3].map(|i| row.get::<_, i64>(i));
        let left = raw - planned - unchanged - rejected_before;
        let queued: i64 = tx
            .query_one(
                batches.sql(),
                &[
                    &cx.run.run_id,
                    &rule_set,
                    &raw,
                    &planned,
                    &unchanged,
                    &rejected_before,
                    &left,
                ],
            )
            .await
            .map_err(|error| batches.error(error, "filling the queue"))?
            .get(0);
        Ok([raw, planned, unchanged, rejected_before, left, queued].into())
    }
}

/// The name that rows carry of the rules they were made by.
fn rule_set(settings: &Settings, rate: &str) -> String {
    format!("{}/{rate}", settings.rules.name())
}
