//! Claims a batch of the queue, and copies the columns that processing needs into Arrow, in the binary format of COPY.
#![forbid(unsafe_code)]

mod columns;

use std::pin::pin;

use arrow_schema::{Field, Schema};
use columns::Columns;
use futures_util::TryStreamExt;
use jobinsight_core::{
    Batch, Load, PhaseContext, PhaseSpec, Plugin, Resource, Result, Role, RoleKind, Settings,
    async_trait,
};
use jobinsight_sql::columns::{LOADED, LOADED_RESOURCES, SOURCE_HASH};
use jobinsight_sql::queue::ClaimedBatch;
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
        let Some(claimed) = ClaimedBatch::next(cx, &client).await? else {
            return Ok(None);
        };
        // The server computes a fingerprint from all columns of a row, so only for a phase that needs it.
        let has_hash = cx.is_needed(SOURCE_HASH);
        let copy = claimed.copy(settings, has_hash);
        let fail = |error| copy.error(error, "copying a batch out");
        let stream = client.copy_out(copy.sql()).await.map_err(fail)?;
        let mut rows = pin!(BinaryCopyOutStream::new(stream, &Columns::types(has_hash)));
        let capacity = usize::try_from(claimed.expected).unwrap_or(0);
        let mut columns = Columns::with_capacity(capacity, has_hash);
        while let Some(row) = rows.try_next().await.map_err(fail)? {
            columns.push(&row).map_err(fail)?;
        }
        let batch = claimed.loaded(cx, &client, columns.finish()?).await?;
        Ok(Some(batch))
    }
}
