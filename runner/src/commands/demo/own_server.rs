//! The server that a demo starts, and therefore stops.

use std::sync::{Arc, OnceLock};

use jobinsight_core::{EtlError, Result};
use jobinsight_sql::embedded::Server;

/// The database of the demo. Each demo creates it again.
pub(super) const DATABASE: &str = "jobinsight_demo";

/// The server, if this demo starts it. A server that ran before the demo is not in it.
#[derive(Clone, Default)]
pub(super) struct OwnServer(Arc<OnceLock<Server>>);

impl OwnServer {
    /// Starts the server, unless it runs already.
    pub(super) async fn start(&self, server: Server) -> Result<Server> {
        let own = self.clone();
        blocking("starting", move || {
            if !server.is_running() {
                // Written before the start, because a signal may end the process during the start.
                let _ = own.0.set(server.clone());
            }
            server.start().map(|_| server)
        })
        .await
    }

    /// Stops the server, if this demo started it.
    pub(super) async fn stop(&self) -> Result<()> {
        let own = self.clone();
        blocking("stopping", move || {
            own.0
                .get()
                .map_or(Ok(()), |server| server.stop().map(|_| ()))
        })
        .await
    }

    /// Stops the server when a second signal ends the process.
    pub(super) fn ending(&self) -> impl FnOnce() + Send + 'static {
        let own = self.clone();
        move || {
            if let Some(Err(error)) = own.0.get().map(Server::stop_before_exit) {
                tracing::warn!("{error}");
            }
        }
    }
}

/// Waits for a child process outside the threads that run async code.
async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| EtlError::bug(format!("{what} the server: {error}")))?
}
