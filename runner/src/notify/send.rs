//! Sends a message to its receivers.

use std::process::Stdio;
use std::time::Duration;

use jobinsight_core::settings::{Notify, NotifyFormat};
use jobinsight_core::{EtlError, Result};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::message::Message;
use crate::{codes, http};

/// A receiver of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageReceiver {
    /// `notify.webhook` or `notify.webhook_file`
    Webhook,
    /// `notify.command`
    Command,
}

/// An attempt to send a message to one receiver.
pub(crate) struct Delivery {
    pub(crate) receiver: MessageReceiver,
    /// The answer of the receiver, or why it did not get the message.
    pub(crate) answer: Result<String>,
}

/// Sends a message to each receiver of the settings.
pub(super) async fn all(notify: &Notify, message: &Message) -> Vec<Delivery> {
    let limit = Duration::from_secs(notify.timeout);
    let webhook = async {
        let file = ("notify.webhook_file", notify.webhook_file.as_ref());
        let address = http::secret(notify.webhook.as_ref(), file);
        let Some(address) = address.map_err(|why| not_sent(&why))? else {
            return Ok(None);
        };
        let sent = post(address, message.write(notify.format), limit).await;
        sent.map(Some)
    };
    let command = async {
        let Some((program, args)) = notify.command.split_first() else {
            return Ok(None);
        };
        let message = message.write(NotifyFormat::Json);
        match tokio::time::timeout(limit, execute(program, args, &message)).await {
            Ok(sent) => sent.map(Some),
            Err(_) => Err(not_sent(&format!(
                "`{program}` did not end in {} s",
                notify.timeout
            ))),
        }
    };
    let (webhook, command): (Result<_>, Result<_>) = tokio::join!(webhook, command);
    let answers = [
        (MessageReceiver::Webhook, webhook.transpose()),
        (MessageReceiver::Command, command.transpose()),
    ];
    let deliveries = answers.into_iter().filter_map(|(receiver, answer)| {
        let answer = answer?;
        Some(Delivery { receiver, answer })
    });
    deliveries.collect()
}

/// Sends a message to a webhook. Returns its answer.
async fn post(address: String, message: Value, limit: Duration) -> Result<String> {
    let sent = tokio::task::spawn_blocking(move || {
        http::post(&address, None, &message.to_string(), limit)
    });
    match sent.await {
        Ok(Ok(status)) => Ok(format!("HTTP status {status}")),
        Ok(Err(why)) => Err(not_sent(&format!("the webhook failed: {why}"))),
        Err(error) => Err(EtlError::bug(format!("sending a message: {error}"))),
    }
}

/// Executes a program with the message on its standard input. Returns how it ended. The end of this process or of the time ends
/// the program.
async fn execute(program: &str, args: &[String], message: &Value) -> Result<String> {
    let failed =
        |error: std::io::Error| not_sent(&format!("`{program}` cannot be executed: {error}"));
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input is not an error.
        let _ = stdin.write_all(message.to_string().as_bytes()).await;
    }
    let output = child.wait_with_output().await.map_err(failed)?;
    if output.status.success() {
        return Ok(output.status.to_string());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().last().unwrap_or_default();
    Err(not_sent(&format!(
        "`{program}` failed with {}: {said}",
        output.status
    )))
}

fn not_sent(why: &str) -> EtlError {
    EtlError::new(
        codes::NOTIFY_NOT_SENT,
        format!("no message was sent: {why}"),
    )
}
