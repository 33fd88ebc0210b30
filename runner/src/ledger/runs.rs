//! The entries that a run writes about itself: its start, its processes, its phases, its end and every event.

use jobinsight_core::state::RunState;
use jobinsight_core::{Result, heartbeat};
use jobinsight_sql::scripts::{
    ABANDON_RUNS, BEGIN_RUN, CLOSE_RUN, END_DEAD_CONNECTIONS, ENLIST_WORKER, MARK_FILL, REFUSE_RUN,
    RETIRE_WORKER, SEND_HEARTBEAT, WRITE_EVENT, WRITE_PHASES,
};
use tokio_postgres::Client;
use uuid::Uuid;

use super::handle::{Ledger, host, pid};
use crate::codes;
use crate::report::results::{PhaseResult, RunResults};

/// The facts with which an attempt starts.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunHeader {
    /// The clock of the run, in RFC 3339.
    pub(crate) as_of: String,
    /// The settings that the run records for a retry.
    pub(crate) settings: serde_json::Value,
    /// The run that this run retries, if the work had to be planned again.
    pub(crate) retry_of: Option<Uuid>,
    /// The phase that the run fills; `None` if the run is not a fill.
    pub(crate) fills: Option<String>,
}

impl Ledger {
    /// Writes that the attempt begins. Other runs without an end are marked as abandoned, because only the process with
    /// the run lock begins an attempt.
    pub(crate) async fn begin(&self, client: &Client, beginning: &RunHeader) -> Result<()> {
        self.abandon_others(client).await?;
        self.write(
            client,
            BEGIN_RUN,
            &[
                &self.run,
                &host(),
                &pid(),
                &self.attempt,
                &beginning.as_of,
                &beginning.settings,
                &beginning.retry_of,
            ],
        )
        .await?;
        if let Some(phase) = &beginning.fills {
            self.write(client, MARK_FILL, &[&self.run, phase]).await?;
        }
        self.enlist(client).await?;
        let event = match (self.attempt, &beginning.fills) {
            (1, None) => "run begins",
            (1, Some(_)) => "fill begins",
            _ => "run is retried",
        };
        self.event(client, event, beginning.fills.as_deref(), None, None)
            .await
    }

    /// Writes that this process works on the run.
    pub(crate) async fn enlist(&self, client: &Client) -> Result<()> {
        self.write(
            client,
            ENLIST_WORKER,
            &[&self.process, &self.run, &self.name, &host(), &pid()],
        )
        .await
    }

    /// Writes the heartbeat of this process. Returns the state of the run, if the ledger has the run.
    pub(crate) async fn beat(&self, client: &Client) -> Result<Option<RunState>> {
        let rows = self
            .query(client, SEND_HEARTBEAT, &[&self.process, &self.run])
            .await?;
        rows.first()
            .map(|row| row.get::<_, &str>(0).parse())
            .transpose()
    }

    /// Writes that this process stopped.
    pub(crate) async fn retire(&self, client: &Client) -> Result<()> {
        self.write(client, RETIRE_WORKER, &[&self.process]).await
    }

    /// Writes the states of all phases, in the order of the pipeline.
    pub(crate) async fn write_phases(&self, client: &Client, phases: &[PhaseResult]) -> Result<()> {
        let json = serde_json::to_value(phases).unwrap_or_default();
        self.write(client, WRITE_PHASES, &[&self.run, &self.attempt, &json])
            .await
    }

    /// Writes an event.
    pub(crate) async fn event(
        &self,
        client: &Client,
        event: &str,
        phase: Option<&str>,
        batch: Option<i64>,
        detail: Option<&str>,
    ) -> Result<()> {
        self.write(
            client,
            WRITE_EVENT,
            &[&self.run, &self.attempt, &event, &phase, &batch, &detail],
        )
        .await
    }

    /// Writes how the attempt ended. Writes nothing if another process took over the run meanwhile.
    pub(crate) async fn close(&self, client: &Client, results: &RunResults) -> Result<()> {
        let state = if results.success {
            RunState::Done
        } else {
            RunState::Failed
        };
        let code = results.error.as_ref().map(|error| error.code.clone());
        let phase = results.error.as_ref().and_then(|error| error.phase.clone());
        let json = serde_json::to_value(results).unwrap_or_default();
        self.write(
            client,
            CLOSE_RUN,
            &[
                &self.run,
                &state.as_str(),
                &code,
                &results.message,
                &json,
                &self.attempt,
                &phase,
            ],
        )
        .await?;
        self.retire(client).await
    }

    /// Writes a run that ended before it could begin.
    pub(crate) async fn refuse(&self, client: &Client, results: &RunResults) -> Result<()> {
        let code = results.error.as_ref().map(|error| error.code.clone());
        let json = serde_json::to_value(results).unwrap_or_default();
        self.write(
            client,
            REFUSE_RUN,
            &[&self.run, &host(), &pid(), &code, &results.message, &json],
        )
        .await
    }

    async fn abandon_others(&self, client: &Client) -> Result<()> {
        let lease = heartbeat::LEASE.as_secs_f64();
        match self
            .query(client, END_DEAD_CONNECTIONS, &[&self.run, &lease])
            .await
        {
            // A server may refuse the function. The connections of dead processes end later, when the server notices that they are
            // dead, and a process that wakes up publishes nothing.
            Err(error) if error.code() == codes::DATABASE_PRIVILEGE => {
                tracing::warn!("connections of dead processes cannot be ended: {error}");
            }
            other => drop(other?),
        }
        let abandoned = self
            .count_written(client, ABANDON_RUNS, &[&self.run])
            .await?;
        if abandoned > 0 {
            tracing::warn!(
                "{abandoned} earlier run(s) did not end, and are now marked as abandoned; this run does their remaining work"
            );
        }
        Ok(())
    }
}
