//! Publishes a batch in one transaction:
//!
//! 1. The derived columns are copied into two temporary tables. One has a row for each row of the batch, the other a row for
//!    each distinct set of shared values.
//! 2. The raw columns and the derived columns are joined and written to staging.
//! 3. The rejected rows are stored.
//! 4. The rows are removed from the work table, and the batch is closed.
//!
//! If PostgreSQL refuses a row because of its data (SQLSTATE classes 22 and 23), the batch is split until each bad row is
//! alone. The bad rows are rejected, and the rest is published. A failure of the server rejects no row.
//!
//! A rejected row leaves staging. If a foreign key or a trigger does not let it go, the row stays there with the warning
//! `kept_in_staging`, and each run tries again: see `sql/functions/delete_rejected.sql`.
//!
//! # Module order
//! 1. `codes`, `cut`, `explain`, `indexes`, `reason`, `warnings`
//! 2. `derived`, `partitions`
//! 3. `publish`
//! 4. `triggers`
#![forbid(unsafe_code)]

mod codes;
mod cut;
mod derived;
mod explain;
mod indexes;
mod partitions;
mod publish;
mod reason;
mod triggers;
mod warnings;

use cut::{CUTS, ShortColumns, cut};
use derived::Derived;
use jobinsight_core::explain::Explain;
use jobinsight_core::state::BatchState;
use jobinsight_core::{
    Batch, Committed, EtlError, PhaseContext, PhaseSpec, Plugin, Reject, Resource, Result, Role,
    RoleKind, Save, Settings, Warning, async_trait, database, failpoints,
};
use jobinsight_sql::BatchEntry;
use jobinsight_sql::columns::PUBLISHED_RESOURCES;
use jobinsight_sql::scripts::{
    COUNT_MISSED, CREATE_DERIVED, INSERT_REJECTS, SETTLE_REJECTS, SETTLE_REPEATED, SETTLE_STAGING,
};
use partitions::{StagingKind, Storage};
use publish::{Entry, Publisher};
use reason::NO_PARTITION;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_postgres::Transaction;
use triggers::{DROPPED, OtherTriggers};

/// The settings of this phase. There are none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataSavingSettings {}

#[derive(Default)]
struct DataSaving {
    triggers: OtherTriggers,
    short: ShortColumns,
    staging: StagingKind,
}

impl Plugin for DataSaving {
    const NAME: &'static str = "data_saving";
    const ABOUT: &'static str =
        "publishes a batch in one transaction, and writes each row once, with all of its columns";
    const ROLE: RoleKind = RoleKind::Save;
    const NEEDS: &'static [Resource] = &PUBLISHED_RESOURCES;
    const GIVES: &'static [Resource] = &[Resource::Published];
    const EXPLAIN: Option<Explain> = Some(explain::explain);
    const WARNINGS: &'static [Warning] = &[
        Warning {
            word: "kept_in_staging",
            field: "job_id",
        },
        CUTS[0].1,
        CUTS[1].1,
        CUTS[2].1,
    ];
    type Settings = DataSavingSettings;

    fn build(_: DataSavingSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Save(Box::new(Self::default())))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<DataSaving>() }

#[async_trait]
impl Save for DataSaving {
    async fn save(&self, cx: &PhaseContext<'_>, batch: &Batch) -> Result<Committed> {
        let settings = cx.settings();
        let mut client = cx.client().await?;
        let short = self.short.get(cx, &client).await?;
        let fitting = cut(batch, short)?;
        let derived = Derived::of(&fitting)?;
        let triggers = self.triggers.names(cx, &client).await?;
        let storage = self.staging.get(cx, &client).await?;
        let mut tx = database::begin(&mut client).await?;

        let entry = BatchEntry::lock(&tx, settings, cx.run.run_id, batch.id).await?;
        if entry.state == BatchState::Done {
            return cx.committed_before(batch, entry.worker, entry.outcome);
        }
        let entry = Entry {
            batch: batch.id,
            rule_set: entry.rule_set,
            // The statement for new rows does not say which rows a trigger dropped.
            is_new: entry.is_new && triggers.is_empty(),
            storage,
            range: entry.range,
        };

        let create = CREATE_DERIVED.render(settings);
        tx.batch_execute(create.sql())
            .await
            .map_err(|error| create.error(error, "creating the tables of derived columns"))?;
        derived.copy_in(&tx, settings).await?;
        derived
            .parse_title_salaries(cx, &tx, &entry.rule_set)
            .await?;

        let mut publisher = Publisher::new(cx, &derived, &entry);
        let mut rejects = batch.rejects.clone();
        let mut outcome = publisher.run(&mut tx, &mut rejects).await?;
        let (batch_rows, found) = ((&derived, &entry), (&mut outcome, &mut rejects));
        triggers::reject_dropped(cx, &tx, batch_rows, triggers, found).await?;
        publisher.warnings().note(cx, &tx, batch.id).await?;
        self.staging.note_rows_without_partition(cx, &rejects);
        store_rejects(cx, &tx, &rejects, &entry).await?;
        outcome.rejected = rejects.len() as u64;
        outcome.left = batch.expected.saturating_sub(outcome.total());
        cx.commit(tx, batch, outcome, &rejects).await
    }

    async fn finish(&self, cx: &PhaseContext<'_>) -> Result<()> {
        failpoints::point(failpoints::DATA_SAVING_BEFORE_FINISH);
        let client = cx.client().await?;
        let storage = self.staging.get(cx, &client).await?;
        drop(client);
        // Only ranges of blocks can have rows that moved. A distributed table has none.
        if storage != Storage::Distributed {
            settle(cx).await?;
        }
        indexes::complete(cx).await
    }

    async fn on_failure(&self, cx: &PhaseContext<'_>) -> Result<()> {
        indexes::complete(cx).await
    }
}

/// Corrects rows that are published twice, or both published and rejected, because they moved during the load. The version that equals the raw
/// row stays.
///
/// An update by the crawler can move a row from one range of blocks to another. Then either two lanes load the row, and one
/// of them loads its old version, or no lane loads it. A row that no lane loaded is counted as left for the next run.
async fn settle(cx: &PhaseContext<'_>) -> Result<()> {
    cx.doing("correcting rows that moved");
    let mut client = cx.client().await?;
    let tx = database::begin(&mut client).await?;
    cx.fence(&tx).await?;
    for script in [
        SETTLE_REPEATED,
        SETTLE_STAGING,
        SETTLE_REJECTS,
        COUNT_MISSED,
    ] {
        let script = script.render(cx.settings());
        tx.execute(script.sql(), &[&cx.run.run_id])
            .await
            .map_err(|error| script.error(error, "correcting rows that moved"))?;
    }
    tx.commit()
        .await
        .map_err(|error| EtlError::database(error, "correcting rows that moved"))
}

async fn store_rejects(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    rejects: &[Reject],
    entry: &Entry,
) -> Result<()> {
    if rejects.is_empty() {
        return Ok(());
    }
    let statement =
        INSERT_REJECTS.render_with(cx.settings(), &[("is_range", entry.is_range().into())]);
    let texts = |get: fn(&Reject) -> &String| rejects.iter().map(get).collect::<Vec<_>>();
    let versions: Vec<i64> = rejects.iter().map(|reject| reject.row_version).collect();
    // A row that a trigger dropped, or that has no partition, stays in staging as it was, if it was there.
    let (leaving, staying): (Vec<_>, Vec<_>) = rejects
        .iter()
        .partition(|reject| reject.reason != DROPPED && reject.reason != NO_PARTITION);
    let [leaving, staying] = [leaving, staying].map(|rejects: Vec<&Reject>| {
        let keys = rejects.into_iter().map(|reject| reject.key.as_str());
        keys.collect::<Vec<_>>()
    });
    let values: Vec<Option<&String>> = rejects.iter().map(|reject| reject.value.as_ref()).collect();
    tx.execute(
        statement.sql(),
        &[
            &texts(|reject| &reject.key),
            &versions,
            &texts(|reject| &reject.phase),
            &texts(|reject| &reject.field),
            &texts(|reject| &reject.reason),
            &values,
            &cx.run.run_id,
            &entry.rule_set,
            &entry.batch,
            &leaving,
            &staying,
        ],
    )
    .await
    .map(|_| ())
    .map_err(|error| statement.error(error, "storing rejects"))
}
