//! Sends events on a thread of its own, so that a slow server delays no phase.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use jobinsight_core::settings::OpenLineage;
use jobinsight_core::{EtlError, Result};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{codes, http};

/// Sends events to a file and to a server.
#[derive(Debug)]
pub(super) struct EventSender {
    /// `None` when no more events come.
    events: Mutex<Option<Sender<Value>>>,
    /// Answers when the last event is sent.
    ended: Mutex<Option<oneshot::Receiver<()>>>,
    limit: Duration,
}

impl EventSender {
    /// A sender to the receivers of the settings; `None` without a receiver.
    pub(super) fn open(settings: &OpenLineage) -> Option<Self> {
        if settings.disabled || settings.url.is_none() && settings.file.is_none() {
            return None;
        }
        let limit = Duration::from_secs(settings.timeout);
        let mut receivers = Receivers {
            file: settings.file.clone(),
            server: server(settings, limit).unwrap_or_else(|error| {
                tracing::warn!("{error}");
                None
            }),
        };
        let (events, waiting) = channel::<Value>();
        let (done, ended) = oneshot::channel();
        std::thread::spawn(move || {
            for event in waiting {
                receivers.send(&event.to_string());
            }
            let _ = done.send(());
        });
        Some(Self {
            events: Mutex::new(Some(events)),
            ended: Mutex::new(Some(ended)),
            limit,
        })
    }

    /// Sends an event later.
    pub(super) fn send(&self, event: Value) {
        if let Ok(events) = self.events.lock()
            && let Some(events) = &*events
        {
            let _ = events.send(event);
        }
    }

    /// Waits until all events are sent, at most for the time limit. No more events come.
    pub(super) async fn close(&self) {
        if let Ok(mut events) = self.events.lock() {
            events.take();
        }
        let ended = self.ended.lock().ok().and_then(|mut ended| ended.take());
        let Some(ended) = ended else {
            return;
        };
        if tokio::time::timeout(self.limit, ended).await.is_err() {
            let limit = self.limit.as_secs();
            tracing::warn!(
                "{}",
                not_sent(&format!(
                    "the server did not take the last events in {limit} s"
                ))
            );
        }
    }
}

struct Receivers {
    file: Option<PathBuf>,
    server: Option<EventServer>,
}

struct EventServer {
    address: String,
    key: Option<String>,
    limit: Duration,
}

impl Receivers {
    /// Sends an event to each receiver. A receiver that failed gets no more events, because each would cost the time limit again.
    fn send(&mut self, event: &str) {
        if let Some(file) = &self.file
            && let Err(error) = append(file, event)
        {
            let why = format!("{}: {error}", file.display());
            tracing::warn!("{}", not_sent(&why));
            self.file = None;
        }
        if let Some(server) = &self.server
            && let Err(why) =
                http::post(&server.address, server.key.as_deref(), event, server.limit)
        {
            let why = format!("the server failed, and gets no more events of this run: {why}");
            tracing::warn!("{}", not_sent(&why));
            self.server = None;
        }
    }
}

/// Appends a line. One write appends it as a whole, so two processes may share the file.
fn append(file: &PathBuf, event: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    file.write_all(format!("{event}\n").as_bytes())
}

/// The server that gets the events.
fn server(settings: &OpenLineage, limit: Duration) -> Result<Option<EventServer>> {
    let Some(url) = &settings.url else {
        return Ok(None);
    };
    let file = ("openlineage.api_key_file", settings.api_key_file.as_ref());
    let key = http::secret(settings.api_key.as_ref(), file).map_err(|why| not_sent(&why))?;
    let (url, endpoint) = (
        url.trim_end_matches('/'),
        settings.endpoint.trim_start_matches('/'),
    );
    Ok(Some(EventServer {
        address: format!("{url}/{endpoint}"),
        key,
        limit,
    }))
}

fn not_sent(why: &str) -> EtlError {
    EtlError::new(
        codes::OPENLINEAGE_NOT_SENT,
        format!("events of OpenLineage are lost: {why}"),
    )
}
