//! Messages about the end of a run, to a webhook and to a command.
//!
//! 1. [`event`] decides whether the end of a run is worth a message.
//! 2. [`message`] writes it in the form that the receiver expects.
//! 3. [`send`] sends it. A message that cannot be sent is a warning, and never fails a run.

mod event;
mod message;
mod send;

use jobinsight_core::database::{self, Target};
use jobinsight_core::settings::Notify;
use jobinsight_core::{Loaded, Result};

use crate::ledger;
use crate::report::results::RunResults;
use event::PreviousEnd;

/// How many of the last runs are read.
const RUNS: i64 = 100;

/// Sends a message about the end of a run, if a setting asks for it.
pub(crate) async fn ended(loaded: &Loaded, target: &Target, results: &RunResults) {
    let notify = &loaded.settings.notify;
    if !has_receiver(notify) {
        return;
    }
    let earlier = if results.success {
        earlier(loaded, target, results)
            .await
            .unwrap_or_else(|error| {
                tracing::warn!("whether the last run failed is unknown: {error}");
                PreviousEnd::Succeeded
            })
    } else {
        PreviousEnd::Succeeded
    };
    let Some(event) = event::of(results, earlier).filter(|event| notify.on.contains(event)) else {
        return;
    };
    send::all(notify, event, results).await;
}

fn has_receiver(notify: &Notify) -> bool {
    notify.webhook.is_some() || notify.webhook_file.is_some() || !notify.command.is_empty()
}

/// How the run before this one ended, or the attempt before this one.
async fn earlier(loaded: &Loaded, target: &Target, results: &RunResults) -> Result<PreviousEnd> {
    if results.attempt > 1 {
        return Ok(PreviousEnd::Failed);
    }
    let client = database::connect_for(target, "notify", &loaded.settings).await?;
    let runs = ledger::runs(&client, &loaded.settings, "", RUNS).await?;
    let before = runs
        .iter()
        .find(|run| run.is_verdict() && run.run_id.to_string() != results.run_id);
    Ok(before.map_or(PreviousEnd::Succeeded, |run| PreviousEnd::of(run.state)))
}
