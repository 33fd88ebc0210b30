//! Reads the ledger and the tables after a run has ended, for its metrics and its notification.

use std::time::Duration;

use jobinsight_core::database::{self, Connection, Target};
use jobinsight_core::{EtlError, Loaded, Result};
use tokio::sync::OnceCell;

use super::figures::last_success;
use super::history::{RunEntry, runs};
use crate::codes;
use crate::report::metrics::TableFigures;

/// The longest time for one look. A server that is not busy needs a few milliseconds.
const LONGEST: Duration = Duration::from_secs(5);

/// A reader whose connection is opened by the first look, because most runs need none.
pub(crate) struct LateReader<'a> {
    loaded: &'a Loaded,
    target: &'a Target,
    link: OnceCell<Connection>,
}

impl<'a> LateReader<'a> {
    pub(crate) fn new(loaded: &'a Loaded, target: &'a Target) -> Self {
        Self {
            loaded,
            target,
            link: OnceCell::new(),
        }
    }

    /// The figures of the tables, and when the last successful run ended.
    pub(crate) async fn figures(&self) -> Result<(TableFigures, Option<f64>)> {
        let settings = &self.loaded.settings;
        in_time(async {
            let link = self.link().await?;
            let tables = TableFigures::read(link, settings).await?;
            Ok((tables, last_success(link, settings).await?))
        })
        .await
    }

    /// The last runs, the latest first.
    pub(crate) async fn runs(&self, limit: i64) -> Result<Vec<RunEntry>> {
        in_time(async { runs(self.link().await?, &self.loaded.settings, "", limit).await }).await
    }

    async fn link(&self) -> Result<&Connection> {
        let open = || database::connect_for(self.target, "end of run", &self.loaded.settings);
        self.link.get_or_try_init(open).await
    }
}

async fn in_time<T>(look: impl Future<Output = Result<T>>) -> Result<T> {
    let silent = |_| {
        EtlError::new(
            codes::DATABASE_SILENT,
            "the server did not answer in time after the run",
        )
    };
    tokio::time::timeout(LONGEST, look).await.map_err(silent)?
}
