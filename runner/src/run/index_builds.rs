//! The progress of index builds, for the display.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::pin;
use std::time::Duration;

use jobinsight_core::Result;
use jobinsight_sql::scripts::READ_INDEX_BUILDS;

use super::active_run::ActiveRun;
use crate::display;

/// The time between two looks at the server. Work that is shorter costs no query.
const LOOK: Duration = Duration::from_secs(1);

/// Does the work of a phase, and meanwhile tells the display how far its index builds are.
pub(super) async fn shown<T>(run: &ActiveRun, phase: &str, work: impl Future<Output = T>) -> T {
    let work = pin!(work);
    let result = tokio::select! {
        result = work => result,
        never = keep(run, phase) => match never {},
    };
    if let Some(track) = run.tracks.phase(phase) {
        track.set_detail(None);
    }
    result
}

/// Looks again and again. If the server refuses, the work continues without it.
async fn keep(run: &ActiveRun, phase: &str) -> Infallible {
    if let Some(track) = run.tracks.phase(phase).filter(|_| display::is_on()) {
        loop {
            tokio::time::sleep(LOOK).await;
            match read(run).await {
                Ok(builds) => track.set_detail(builds),
                Err(error) => {
                    tracing::debug!("{error}");
                    break;
                }
            }
        }
    }
    pending().await
}

async fn read(run: &ActiveRun) -> Result<Option<String>> {
    let script = &READ_INDEX_BUILDS.render(&run.context.settings);
    let row = run.control.write(|link| async move {
        let read = link.query_one(script.sql(), &[&run.ledger.name]).await;
        read.map_err(|error| script.error(error, "reading the progress of index builds"))
    });
    Ok(row.await?.get(0))
}
