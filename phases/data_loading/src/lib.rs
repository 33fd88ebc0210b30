//! Claims a batch of the queue, and copies the columns that processing needs into Arrow, in the binary format of COPY.
//!
//! A plan counts rows and not bytes. If the texts of a batch have more than `MOST_BYTES`, the loading stops, and the batch is
//! split in the queue. Each part is then loaded, processed and published like any other batch. From then on, the
//! process measures each batch before it loads it.
#![forbid(unsafe_code)]

mod columns;

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use arrow_array::RecordBatch;
use columns::{Columns, More};
use futures_util::TryStreamExt;
use jobinsight_core::database::Client;
use jobinsight_core::{
    Batch, EtlError, Load, PhaseContext, PhaseSpec, Plugin, Resource, Result, Role, RoleKind,
    Settings, async_trait,
};
use jobinsight_sql::columns::LOADED_RESOURCES;
use jobinsight_sql::queue::ClaimedBatch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_postgres::binary_copy::BinaryCopyOutStream;

/// The settings of this phase. There are none.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataLoadingSettings {}

/// The most bytes of text of a batch. A lane needs several times as much memory: for the texts, for what processing produces, and
/// for their copies. A usual batch of 20,000 postings has 5 MiB.
const MOST_BYTES: usize = 32 << 20;

#[derive(Default)]
struct DataLoading {
    /// Whether a batch of this process had too many bytes.
    has_large: AtomicBool,
}

impl Plugin for DataLoading {
    const NAME: &'static str = "data_loading";
    const ABOUT: &'static str = "claims a batch of the queue, and copies its raw rows into Arrow";
    const ROLE: RoleKind = RoleKind::Load;
    const NEEDS: &'static [Resource] = &[Resource::Queue];
    const GIVES: &'static [Resource] = &LOADED_RESOURCES;
    type Settings = DataLoadingSettings;

    fn build(_: DataLoadingSettings, _: &Settings) -> Result<Role> {
        Ok(Role::Load(Box::new(Self::default())))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<DataLoading>() }

#[async_trait]
impl Load for DataLoading {
    async fn load(&self, cx: &PhaseContext<'_>) -> Result<Option<Batch>> {
        let mut client = cx.client().await?;
        let Some(mut claimed) = ClaimedBatch::next(cx, &client).await? else {
            return Ok(None);
        };
        if self.has_large.load(Relaxed) {
            claimed = claimed.split(cx, &mut client, MOST_BYTES).await?;
        }
        let mut records = copy_out(cx, &client, &claimed, MOST_BYTES).await?;
        if records.is_none() {
            self.has_large.store(true, Relaxed);
            claimed = claimed.split(cx, &mut client, MOST_BYTES).await?;
            // A part may exceed the limit by its last row.
            records = copy_out(cx, &client, &claimed, usize::MAX).await?;
        }
        let Some(records) = records else {
            return Err(EtlError::bug("a batch has more bytes than memory"));
        };
        Ok(Some(claimed.loaded(cx, &client, records).await?))
    }
}

/// Copies the rows of a batch out. Returns `None` if their texts have more than `most_bytes`. The connection then drops the rest.
async fn copy_out(
    cx: &PhaseContext<'_>,
    client: &Client<'_>,
    claimed: &ClaimedBatch,
    most_bytes: usize,
) -> Result<Option<RecordBatch>> {
    let more = More::of(cx);
    let copy = claimed.copy(cx.settings(), more.has_source_hash, more.has_skills());
    let fail = |error| copy.error(error, "copying a batch out");
    let stream = client.copy_out(copy.sql()).await.map_err(fail)?;
    let mut rows = pin!(BinaryCopyOutStream::new(stream, &Columns::types(&more)));
    let capacity = usize::try_from(claimed.expected).unwrap_or(0);
    let mut columns = Columns::with_capacity(capacity, more);
    while let Some(row) = rows.try_next().await.map_err(fail)? {
        columns.push(&row).map_err(fail)?;
        if columns.bytes > most_bytes {
            return Ok(None);
        }
    }
    columns.finish().map(Some)
}
