//! A run that fills a phase.

use jobinsight_core::database::{Connection, Target};
use jobinsight_core::plural::{are, counted};
use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, advice};
use uuid::Uuid;

use super::claimed_run::{ClaimedRun, connect_when_ready, new_header};
use crate::codes;
use crate::ledger::{Ledger, RunHeader};
use crate::pipeline::fill;
use crate::session::connect::Connected;
use crate::session::shutdown::Stop;

/// Takes the run lock for the fill of a phase.
///
/// # Errors
/// The phase cannot be filled; another run is in progress; an earlier run has batches that are not published.
pub(super) async fn fill(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    specs: &[&'static PhaseSpec],
    phase: &str,
    run: Uuid,
) -> Result<ClaimedRun> {
    let choices = fill::all_of(&fill::specs(specs, phase)?);
    let settings = &loaded.settings;
    let ledger = Ledger::new(settings, run, 1, Uuid::now_v7());
    let link = match connect_when_ready(loaded, target, stop, &ledger.name).await? {
        Connected::Leading(link) => link,
        Connected::LockedBy(link, holder) => {
            let silent = holder.silent_for(&link, settings).await?;
            return Err(holder.error(settings, silent));
        }
    };
    refuse_unfinished(&ledger, &link).await?;
    let header = RunHeader {
        fills: Some(phase.to_owned()),
        ..new_header(loaded)?
    };
    Ok(ClaimedRun::leading(link, ledger, choices, header))
}

/// Refuses a fill while another run has batches that are not published. A fill and a run use the same work table, so the
/// plan of the fill would replace these batches.
pub(super) async fn refuse_unfinished(ledger: &Ledger, link: &Connection) -> Result<()> {
    if !ledger.exists(link).await? || !ledger.can_record_fills(link).await? {
        return Ok(());
    }
    let Some((unfinished, batches)) = ledger.unfinished(link).await? else {
        return Ok(());
    };
    Err(EtlError::new(
        codes::RUN_UNFINISHED,
        format!(
            "run {unfinished} has {} that {} not published, and a fill would replace them",
            counted(batches, "batch"),
            are(batches)
        ),
    )
    .help(format!(
        "finish it first: {}; or plan its work again: {}",
        advice::command(format!("retry {unfinished}")),
        advice::command("run")
    )))
}
