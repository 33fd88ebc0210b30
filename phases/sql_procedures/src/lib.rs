//! Finds the rows that a run must process, parses their salaries and deadlines in SQL, and fills the queue.
//!
//! # Module order
//! 1. `refresh`, `settings`, `unchanged_horizon`
//! 2. `explain`, `ranges`
//! 3. `plan`
//! 4. `forecast`
#![forbid(unsafe_code)]

mod explain;
mod forecast;
mod plan;
mod ranges;
mod refresh;
mod settings;
mod unchanged_horizon;

use jobinsight_core::database::Client;
use jobinsight_core::explain::Explain;
use jobinsight_core::{
    EtlError, Forecast, Once, PhaseContext, PhaseSpec, Plugin, Resource, Result, Role, RoleKind,
    RuleSetName, Settings, Warning, advice, async_trait, database, failpoints, plural::counted,
};
use jobinsight_sql::scripts::DROP_INDEXES;
use jobinsight_sql::{indexes, plan as ledger};
use plan::Planned;
pub use settings::SqlProceduresSettings;

struct SqlProcedures {
    settings: SqlProceduresSettings,
}

impl Plugin for SqlProcedures {
    const NAME: &'static str = settings::NAME;
    const ABOUT: &'static str = "finds the rows to process, parses their salaries and deadlines in SQL, and fills the queue";
    const ROLE: RoleKind = RoleKind::Once;
    const NEEDS: &'static [Resource] = &[Resource::Schema];
    const GIVES: &'static [Resource] = &[Resource::Queue];
    const FORECAST: Option<Forecast> = Some(forecast::forecast);
    const RULE_SET: Option<RuleSetName> = Some(settings::rule_set_of);
    const EXPLAIN: Option<Explain> = Some(explain::explain);
    const WARNINGS: &'static [Warning] = &[
        warning("salary_unparsed", "salary"),
        warning("salary_implausible", "salary"),
        warning("salary_currency_assumed", "salary"),
        warning("salary_swapped", "salary"),
        warning("deadline_unparsed", "deadline"),
    ];
    type Settings = SqlProceduresSettings;

    fn build(settings: SqlProceduresSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Once(Box::new(Self { settings })))
    }
}

const fn warning(word: &'static str, field: &'static str) -> Warning {
    Warning { word, field }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<SqlProcedures>() }

#[async_trait]
impl Once for SqlProcedures {
    async fn run(&self, cx: &PhaseContext<'_>) -> Result<()> {
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        cx.fence(&tx).await?;
        let planned = match ledger::read(&tx, cx.settings(), cx.run.run_id).await? {
            // The work is repeated: the answer to the COMMIT of an earlier try was lost, or that try ended before it had done
            // the steps below.
            Some(counts) => Planned {
                counts,
                first: false,
            },
            None => plan::plan(cx, &tx, &self.settings).await?,
        };
        failpoints::point(failpoints::SQL_PROCEDURES_BEFORE_COMMIT);
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "filling the queue"))?;
        failpoints::point(failpoints::SQL_PROCEDURES_AFTER_COMMIT);
        let counts = planned.counts;
        // For so many rows, creating the indexes after the load costs less than updating them during the load.
        if planned.first && counts.planned >= self.settings.ranges_from.max(1) {
            drop_indexes(cx, &mut client).await?;
        }
        cx.plan(counts);
        cx.count_rows(counts.raw, counts.planned);
        if let Some(days) = self.settings.window_days
            && counts.raw == 0
        {
            cx.note(format!(
                "no raw row was crawled in the last {}, the window of `phases.sql_procedures.window_days`; raise or remove the setting, then: {}",
                counted(days, "day"),
                advice::command("run")
            ));
        }
        if self.settings.refresh_time_remaining {
            refresh::refresh(cx, &mut client).await?;
        }
        Ok(())
    }
}

/// Drops the indexes of staging for a first load. The saving phase creates them again after the last row. If the lock is not
/// free at once, or another role owns the table, the indexes stay, and the load only takes longer.
async fn drop_indexes(cx: &PhaseContext<'_>, client: &mut Client<'_>) -> Result<()> {
    match indexes::change(cx, client, &DROP_INDEXES, "dropping the indexes of staging").await? {
        None => {
            failpoints::point(failpoints::SQL_PROCEDURES_INDEXES_DROPPED);
            tracing::info!(
                "this is a first load, so the indexes of staging are created after the last row"
            );
        }
        Some(why) => {
            tracing::info!("the indexes of staging are not dropped for this load: {why}");
        }
    }
    Ok(())
}
