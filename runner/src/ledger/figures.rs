//! The figures of staging and of the ledger that metrics show.

use jobinsight_core::{Result, Settings};
use jobinsight_sql::scripts::{READ_LAST_SUCCESS, READ_STATUS};
use tokio_postgres::Client;

use super::crawl::Crawl;
use super::handle::exists;
use super::history::pending;
use crate::report::metrics::{StagingCounts, StagingFigures, TableFigures, epoch};

impl StagingCounts {
    /// Counts the rows. The staging schema must exist.
    pub(crate) async fn read(client: &Client, settings: &Settings) -> Result<Self> {
        let script = READ_STATUS.render(settings);
        let row = client
            .query_one(script.sql(), &[])
            .await
            .map_err(|error| script.error(error, "reading the status"))?;
        Ok(Self {
            rows: row.get(0),
            rejected: row.get(1),
            untaken: row.get(2),
        })
    }
}

impl TableFigures {
    /// Reads the figures of the tables as they are now. A raw table or a ledger that does not exist yet has none.
    pub(crate) async fn read(client: &Client, settings: &Settings) -> Result<Self> {
        let crawl = Crawl::read(client, settings, None).await.ok().flatten();
        let newest_crawl =
            crawl.and_then(|crawl| Some((epoch(&crawl.newest)?, crawl.age.as_secs_f64())));
        if !exists(client, &settings.staging_schema()).await? {
            return Ok(Self {
                newest_crawl,
                staging: None,
            });
        }
        let queue = pending(client, settings).await?;
        let (batches, planned) = queue.map_or((0, 0), |queue| (queue.batches, queue.rows));
        Ok(Self {
            newest_crawl,
            staging: Some(StagingFigures {
                counts: StagingCounts::read(client, settings).await?,
                batches,
                planned,
            }),
        })
    }
}

/// When the last successful run ended, in seconds since 1970; `None` if no run succeeded. A fill is not such a run.
pub(crate) async fn last_success(client: &Client, settings: &Settings) -> Result<Option<f64>> {
    if !exists(client, &settings.staging_schema()).await? {
        return Ok(None);
    }
    let script = READ_LAST_SUCCESS.render(settings);
    client
        .query_one(script.sql(), &[])
        .await
        .map(|row| row.get(0))
        .map_err(|error| script.error(error, "reading the ledger"))
}
