//! Messages about the end of a run, to a webhook and to a command.
//!
//! 1. [`event`] decides whether the end of a run is worth a message.
//! 2. [`message`] writes it in the form that the receiver expects.
//! 3. [`send`] sends it. A message that cannot be sent is a warning, and never fails a run.
//!
//! [`test`] sends a message without a run, so that a user can check the receivers before the first failure.

mod event;
mod message;
mod send;

use jobinsight_core::settings::Notify;
use jobinsight_core::{Loaded, Result};

use crate::ledger::LateReader;
use crate::report::place::RunPlace;
use crate::report::results::RunResults;
use event::PreviousEnd;
use message::Message;

pub(crate) use send::{Delivery, MessageReceiver};

/// How many of the last runs are read.
const RUNS: i64 = 100;

/// Sends a message about the end of a run, if a setting asks for it.
pub(crate) async fn ended(loaded: &Loaded, reader: &LateReader<'_>, results: &RunResults) {
    let notify = &loaded.settings.notify;
    if !has_receiver(notify) {
        return;
    }
    let earlier = if results.success {
        earlier(reader, results).await.unwrap_or_else(|error| {
            tracing::warn!("whether the last run failed is unknown: {error}");
            PreviousEnd::Succeeded
        })
    } else {
        PreviousEnd::Succeeded
    };
    let Some(event) = event::of(results, earlier).filter(|event| notify.on.contains(event)) else {
        return;
    };
    for delivery in send::all(notify, &Message::of_run(event, results)).await {
        if let Err(error) = delivery.answer {
            tracing::warn!("{error}");
        }
    }
}

/// Sends a test message to each receiver of the settings, for runs at this place. Returns nothing without a receiver.
pub(crate) async fn test(notify: &Notify, place: &RunPlace) -> Vec<Delivery> {
    send::all(notify, &Message::test(place, &notify.on)).await
}

fn has_receiver(notify: &Notify) -> bool {
    notify.webhook.is_some() || notify.webhook_file.is_some() || !notify.command.is_empty()
}

/// How the run before this one ended, or the attempt before this one.
async fn earlier(reader: &LateReader<'_>, results: &RunResults) -> Result<PreviousEnd> {
    if results.attempt > 1 {
        return Ok(PreviousEnd::Failed);
    }
    let runs = reader.runs(RUNS).await?;
    let before = runs
        .iter()
        .find(|run| run.is_verdict() && run.run_id.to_string() != results.run_id);
    Ok(before.map_or(PreviousEnd::Succeeded, |run| PreviousEnd::of(run.state)))
}
