//! Publishes a batch in one transaction: derived columns in, raw, work and derived columns joined into staging, the
//! rejects stored, the work removed, the batch closed.
//!
//! Where PostgreSQL refuses a row for its data (SQLSTATE classes 22 and 23), the batch is split until the bad rows
//! stand alone; those are rejected, the rest is published. A broken server rejects nothing.
#![forbid(unsafe_code)]

mod derived;

use derived::Derived;
use jobinsight_core::{
    Batch, Committed, EtlError, Kind, Outcome, PhaseContext, PhaseSpec, Plugin, Reject, Result,
    Role, RoleKind, Save, Settings, async_trait, database,
};
use jobinsight_sql::scripts::{CREATE_DERIVED, INSERT_RAW_TO_STAGING, INSERT_REJECTS, LOCK_BATCH};
use serde::{Deserialize, Serialize};
use tokio_postgres::Transaction;

/// Settings of this phase: there are none yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataSavingSettings {}

struct DataSaving;

impl Plugin for DataSaving {
    const NAME: &'static str = "data_saving";
    const ABOUT: &'static str =
        "publishes a batch in one transaction, each row written once and whole";
    const ROLE: RoleKind = RoleKind::Save;
    const NEEDS: &'static [&'static str] = &[
        "batch.job_id",
        "batch.source_hash",
        "batch.title_clean",
        "batch.company_name_standardized",
        "batch.location_pairs",
        "batch.location_codes",
        "batch.warnings",
    ];
    type Settings = DataSavingSettings;

    fn build(_: DataSavingSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Save(Box::new(Self)))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<DataSaving>() }

#[async_trait]
impl Save for DataSaving {
    async fn save(&self, cx: &PhaseContext<'_>, batch: &Batch) -> Result<Committed> {
        let settings = cx.settings();
        let derived = Derived::of(batch)?;
        let mut client = cx.client().await?;
        let mut tx = database::begin(&mut client).await?;

        let lock = LOCK_BATCH.render(settings);
        let entry = tx
            .query_one(lock.sql(), &[&cx.run.run_id, &batch.id])
            .await
            .map_err(|error| lock.error(error, "locking a batch"))?;
        if entry.get::<_, &str>(0) == "done" {
            let count = |index: usize| entry.get::<_, i64>(index).cast_unsigned();
            return Ok(cx.committed_before(Outcome {
                new: count(2),
                updated: count(3),
                unchanged: count(4),
                rejected: count(5),
                left: count(6),
            }));
        }
        let rule_set: String = entry.get(1);

        let create = CREATE_DERIVED.render(settings);
        tx.batch_execute(create.sql())
            .await
            .map_err(|error| create.error(error, "making room for derived columns"))?;
        derived.copy_in(&tx, settings).await?;

        let mut rejects = batch.rejects.clone();
        let mut outcome = publish(cx, &mut tx, batch, &derived, &rule_set, &mut rejects).await?;
        store_rejects(cx, &tx, &rejects, &rule_set).await?;
        outcome.rejected = rejects.len() as u64;
        outcome.left = batch.expected.saturating_sub(outcome.total());
        cx.commit(tx, batch, outcome, &rejects).await
    }
}

/// Publishes all rows; halves what fails for its data until the bad rows stand alone.
async fn publish(
    cx: &PhaseContext<'_>,
    tx: &mut Transaction<'_>,
    batch: &Batch,
    derived: &Derived<'_>,
    rule_set: &str,
    rejects: &mut Vec<Reject>,
) -> Result<Outcome> {
    let statement = INSERT_RAW_TO_STAGING.render(cx.settings());
    let mut outcome = Outcome::default();
    let mut ranges = vec![(0, derived.rows())];
    while let Some((from, before)) = ranges.pop() {
        if from == before {
            continue;
        }
        let savepoint = tx
            .transaction()
            .await
            .map_err(|error| EtlError::database(error, "setting a savepoint"))?;
        let result = savepoint
            .query_one(
                statement.sql(),
                &[
                    &batch.id,
                    &cx.run.run_id,
                    &rule_set,
                    &cx.run.as_of,
                    &from,
                    &before,
                ],
            )
            .await;
        match result {
            Ok(row) => {
                savepoint
                    .commit()
                    .await
                    .map_err(|error| EtlError::database(error, "releasing a savepoint"))?;
                let count = |index: usize| row.get::<_, i64>(index).cast_unsigned();
                let (matched, new, updated) = (count(0), count(1), count(2));
                outcome.add(Outcome {
                    new,
                    updated,
                    unchanged: matched - new - updated,
                    ..Outcome::default()
                });
            }
            Err(error) => {
                let reason = reason(&error);
                let error = statement.error(error, "publishing a batch");
                if error.kind() != Kind::Data {
                    return Err(error);
                }
                savepoint
                    .rollback()
                    .await
                    .map_err(|error| EtlError::database(error, "going back to a savepoint"))?;
                if before - from == 1 {
                    tracing::warn!(
                        batch = batch.id,
                        key = derived.key(from),
                        "rejected: {error}"
                    );
                    rejects.push(derived.reject(from, cx.phase, reason, error.message()));
                } else {
                    let middle = from + (before - from) / 2;
                    ranges.push((middle, before));
                    ranges.push((from, middle));
                }
            }
        }
    }
    Ok(outcome)
}

/// A stable word for what PostgreSQL says of a row.
fn reason(error: &tokio_postgres::Error) -> &'static str {
    match error.code().map(tokio_postgres::error::SqlState::code) {
        Some("22001") => "too_long",
        Some("23502") => "value_missing",
        Some("22P05" | "22021") => "bad_character",
        _ => "refused_by_database",
    }
}

async fn store_rejects(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    rejects: &[Reject],
    rule_set: &str,
) -> Result<()> {
    if rejects.is_empty() {
        return Ok(());
    }
    let statement = INSERT_REJECTS.render(cx.settings());
    let texts = |get: fn(&Reject) -> &String| rejects.iter().map(get).collect::<Vec<_>>();
    let hashes: Vec<i64> = rejects.iter().map(|reject| reject.source_hash).collect();
    let values: Vec<Option<&String>> = rejects.iter().map(|reject| reject.value.as_ref()).collect();
    tx.execute(
        statement.sql(),
        &[
            &texts(|reject| &reject.key),
            &hashes,
            &texts(|reject| &reject.phase),
            &texts(|reject| &reject.field),
            &texts(|reject| &reject.reason),
            &values,
            &cx.run.run_id,
            &rule_set,
        ],
    )
    .await
    .map(|_| ())
    .map_err(|error| statement.error(error, "storing rejects"))
}
