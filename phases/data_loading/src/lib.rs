//! Claims a batch of the queue, and copies the columns that processing needs into Arrow, in the binary format of COPY.
#![forbid(unsafe_code)]

mod columns;

use std::pin::pin;

use arrow_schema::{Field, Schema};
use columns::Columns;
use futures_util::TryStreamExt;
use jobinsight_core::{
    Batch, Load, PhaseContext, PhaseSpec, Plugin, Resource, Result, Role, RoleKind, Settings,
    async_trait, heartbeat,
};
use jobinsight_sql::columns::{LOADED, LOADED_RESOURCES, SOURCE_HASH};
use jobinsight_sql::scripts::{CLAIM_BATCH, COPY_BATCH, COPY_RANGE, COUNT_RANGE};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_postgres::binary_copy::BinaryCopyOutStream;

/// The settings of this phase. There are none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataLoadingSettings {}

struct DataLoading;

impl Plugin for DataLoading {
    const NAME: &'static str = "data_loading";
    const ABOUT: &'static str = "claims a batch of the queue, and copies its raw rows into Arrow";
    const ROLE: RoleKind = RoleKind::Load;
    const NEEDS: &'static [Resource] = &[Resource::Queue];
    const GIVES: &'static [Resource] = &LOADED_RESOURCES;
    type Settings = DataLoadingSettings;

    fn build(_: DataLoadingSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Load(Box::new(Self)))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<DataLoading>() }

/// The columns of a loaded batch: key, version, fingerprint if a phase needs it, then the text columns.
pub(crate) fn loaded_schema(has_source_hash: bool) -> Schema {
    let columns = LOADED_RESOURCES
        .iter()
        .filter_map(|resource| Some((resource.column()?, resource.data_type()?)))
        .filter(|(name, _)| has_source_hash || *name != SOURCE_HASH);
    let fields =
        columns.map(|(name, data_type)| Field::new(name, data_type, LOADED.contains(&name)));
    Schema::new(fields.collect::<Vec<_>>())
}

#[async_trait]
impl Load for DataLoading {
    async fn load(&self, cx: &PhaseContext<'_>) -> Result<Option<Batch>> {
        let settings = cx.settings();
        let client = cx.client().await?;
        let claim = CLAIM_BATCH.render(settings);
        let lane = format!("{}/{}", cx.run.process, cx.lane);
        let Some(row) = client
            .query_opt(
                claim.sql(),
                &[
                    &cx.run.run_id,
                    &cx.run.worker,
                    &lane,
                    &heartbeat::LEASE.as_secs_f64(),
                    &heartbeat::LEASE_OF_CLOSED.as_secs_f64(),
                ],
            )
            .await
            .map_err(|error| claim.error(error, "claiming a batch"))?
        else {
            return Ok(None);
        };
        let (id, expected): (i64, i64) = (row.get(0), row.get(1));
        let range: (Option<i64>, Option<i64>) = (row.get(2), row.get(3));

        // The server computes a fingerprint from all columns of a row, so only for a phase that needs it.
        let has_hash = cx.is_needed(SOURCE_HASH);
        let flag = ("has_source_hash", has_hash.into());
        let copy = match range {
            (Some(first), Some(end)) => COPY_RANGE.render_with(
                settings,
                &[
                    flag,
                    ("first_block", first.into()),
                    ("end_block", end.into()),
                ],
            ),
            _ => COPY_BATCH.render_with(settings, &[flag, ("batch", id.into())]),
        };
        let fail = |error| copy.error(error, "copying a batch out");
        let stream = client.copy_out(copy.sql()).await.map_err(fail)?;
        let mut rows = pin!(BinaryCopyOutStream::new(stream, &Columns::types(has_hash)));
        let capacity = usize::try_from(expected).unwrap_or(0);
        let mut columns = Columns::with_capacity(capacity, has_hash);
        while let Some(row) = rows.try_next().await.map_err(fail)? {
            columns.push(&row).map_err(fail)?;
        }
        let records = columns.finish()?;
        let loaded = i64::try_from(records.num_rows()).unwrap_or(i64::MAX);
        let mut expected = expected;
        if range.0.is_some() && loaded != expected {
            let count = COUNT_RANGE.render(settings);
            client
                .execute(count.sql(), &[&cx.run.run_id, &id, &loaded])
                .await
                .map_err(|error| count.error(error, "counting a range"))?;
            expected = loaded;
        }
        Ok(Some(Batch {
            id,
            expected: expected.cast_unsigned(),
            records,
            rejects: Vec::new(),
        }))
    }
}
