//! `jobinsight notify test`: sends a test message to the receivers of notifications.

use jobinsight_core::{EtlError, Kind, Loaded, Result};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::ledger::host;
use crate::notify::{self, Delivery, MessageReceiver};
use crate::report::place::RunPlace;
use crate::report::results::ErrorResult;
use crate::report::text;

/// The output of `notify test`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct NotifyTest {
    /// Whether each receiver took the message.
    delivered: bool,
    /// The receivers of the settings.
    receivers: Vec<TestedReceiver>,
}

/// A receiver and its answer, as JSON.
#[derive(Serialize, JsonSchema)]
struct TestedReceiver {
    /// The receiver.
    receiver: MessageReceiver,
    /// Whether it took the message.
    delivered: bool,
    /// The HTTP status, or how the command ended; absent if the receiver did not take the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// Why the receiver did not take the message; absent if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorResult>,
}

impl From<Delivery> for TestedReceiver {
    fn from(delivery: Delivery) -> Self {
        let (answer, error) = match delivery.answer {
            Ok(answer) => (Some(answer), None),
            Err(error) => (None, Some(ErrorResult::from(&error))),
        };
        Self {
            receiver: delivery.receiver,
            delivered: error.is_none(),
            answer,
            error,
        }
    }
}

/// Sends a test message, and shows the answer of each receiver.
pub(crate) async fn test(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let deliveries = notify::test(&loaded.settings.notify, &place(global, &loaded)?).await;
    if deliveries.is_empty() {
        return Err(EtlError::new(
            codes::NOTIFY_NO_RECEIVER,
            "the settings name no receiver of messages",
        ));
    }
    let receivers: Vec<_> = deliveries.into_iter().map(TestedReceiver::from).collect();
    let delivered = receivers.iter().all(|receiver| receiver.delivered);
    match global.format {
        OutputFormat::Json => io::print_json(&NotifyTest {
            delivered,
            receivers,
        }),
        OutputFormat::Text => io::print_text(&told(&receivers)),
    }
    Ok(if delivered {
        0
    } else {
        Kind::Operator.exit_code()
    })
}

/// The place that the message names. Receivers can be tested before the address of PostgreSQL is known.
fn place(global: &Global, loaded: &Loaded) -> Result<RunPlace> {
    match io::target(global, loaded) {
        Ok(target) => Ok(RunPlace::of(&loaded.settings, &target, host())),
        Err(error) if error.code() == codes::DATABASE_NONE => Ok(RunPlace {
            host: host(),
            ..RunPlace::default()
        }),
        Err(error) => Err(error),
    }
}

fn told(receivers: &[TestedReceiver]) -> String {
    let mut table = text::table(&["receiver", "", "answer"]);
    for tested in receivers {
        let name = match tested.receiver {
            MessageReceiver::Webhook => "webhook",
            MessageReceiver::Command => "command",
        };
        match &tested.error {
            None => table.add_row([
                name,
                "delivered",
                tested.answer.as_deref().unwrap_or_default(),
            ]),
            Some(error) => {
                let help = error.help.as_deref().unwrap_or_default();
                table.add_row([name, "failed", &format!("{}\n→ {help}", error.message)]);
            }
        }
    }
    format!("{table}\n")
}
