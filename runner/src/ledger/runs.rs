//! The entries that a run writes about itself: its start, its processes, its phases, its end and every event.

use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Result, heartbeat};
use tokio_postgres::Client;
use uuid::Uuid;

use super::handle::{Ledger, host, pid};
use crate::report::results::{PhaseResult, RunResults};

/// The facts with which an attempt starts.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunHeader {
    /// The clock of the run, in RFC 3339.
    pub(crate) as_of: String,
    /// The settings that decide the content.
    pub(crate) settings: serde_json::Value,
    /// The run whose retry had to plan anew.
    pub(crate) retry_of: Option<Uuid>,
}

impl Ledger {
    /// Writes that the attempt begins. Runs that never ended are marked abandoned: whoever begins holds the lock.
    pub(crate) async fn begin(&self, client: &Client, beginning: &RunHeader) -> Result<()> {
        self.abandon_others(client).await?;
        let sql = format!(
            "INSERT INTO {}.etl_runs AS r (run_id, state, host, pid, attempt, as_of, settings, retry_of)
             VALUES ($1, 'running', $2, $3, $4, $5::text::timestamptz, $6, $7)
             ON CONFLICT (run_id) DO UPDATE
                SET (state, host, pid, attempt, finished_at, error_code, message)
                  = ('running', EXCLUDED.host, EXCLUDED.pid, EXCLUDED.attempt, NULL, NULL, NULL)",
            self.schema
        );
        self.write(
            client,
            &sql,
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
        self.enlist(client).await?;
        let event = if self.attempt == 1 {
            "run begins"
        } else {
            "run is retried"
        };
        self.event(client, event, None, None, None).await
    }

    /// Writes that this process works on the run.
    pub(crate) async fn enlist(&self, client: &Client) -> Result<()> {
        let sql = format!(
            "INSERT INTO {}.etl_workers (worker, run_id, name, host, pid, backend)
             VALUES ($1, $2, $3, $4, $5, pg_backend_pid()) ON CONFLICT (worker) DO NOTHING",
            self.schema
        );
        self.write(
            client,
            &sql,
            &[&self.process, &self.run, &self.name, &host(), &pid()],
        )
        .await
    }

    /// Writes the heartbeat of this process. Returns the state of the run, if the ledger has the run.
    pub(crate) async fn beat(&self, client: &Client) -> Result<Option<RunState>> {
        let sql = format!(
            "WITH beat AS (UPDATE {0}.etl_workers SET heartbeat_at = clock_timestamp(), backend = pg_backend_pid() WHERE worker = $1)
             SELECT state FROM {0}.etl_runs WHERE run_id = $2",
            self.schema
        );
        let row = client
            .query_opt(&sql, &[&self.process, &self.run])
            .await
            .map_err(|error| EtlError::database(error, "sending a heartbeat"))?;
        row.map(|row| row.get::<_, &str>(0).parse()).transpose()
    }

    /// Writes that this process stopped.
    pub(crate) async fn retire(&self, client: &Client) -> Result<()> {
        let sql = format!(
            "UPDATE {}.etl_workers SET ended_at = clock_timestamp() WHERE worker = $1",
            self.schema
        );
        self.write(client, &sql, &[&self.process]).await
    }

    /// Writes the state of a phase.
    pub(crate) async fn phase(
        &self,
        client: &Client,
        seq: usize,
        phase: &PhaseResult,
    ) -> Result<()> {
        let sql = format!(
            "WITH put AS (
                 INSERT INTO {0}.etl_phases AS p (run_id, attempt, seq, phase, state, why, results)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (run_id, attempt, seq) DO UPDATE
                    SET (state, why, results, changed_at)
                      = (EXCLUDED.state, EXCLUDED.why, EXCLUDED.results, clock_timestamp())
                  WHERE p.state <> EXCLUDED.state
                 RETURNING 1)
             INSERT INTO {0}.etl_events (run_id, attempt, event, phase, detail)
             SELECT $1, $2, 'phase ' || $5::text, $4, $6 FROM put WHERE $5::text <> 'pending'",
            self.schema
        );
        let seq = i32::try_from(seq).unwrap_or(i32::MAX);
        let json = serde_json::to_value(phase).unwrap_or_default();
        self.write(
            client,
            &sql,
            &[
                &self.run,
                &self.attempt,
                &seq,
                &phase.name,
                &phase.status.as_str(),
                &phase.why,
                &json,
            ],
        )
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
        let sql = format!(
            "INSERT INTO {}.etl_events (run_id, attempt, event, phase, batch_no, detail) VALUES ($1, $2, $3, $4, $5, $6)",
            self.schema
        );
        self.write(
            client,
            &sql,
            &[&self.run, &self.attempt, &event, &phase, &batch, &detail],
        )
        .await
    }

    /// Writes how the attempt ended; nothing where the run was taken over meanwhile.
    pub(crate) async fn close(&self, client: &Client, results: &RunResults) -> Result<()> {
        let state = if results.success {
            RunState::Done
        } else {
            RunState::Failed
        };
        let sql = format!(
            "WITH put AS (
                 UPDATE {0}.etl_runs SET state = $2, finished_at = clock_timestamp(), error_code = $3, message = $4, results = $5
                  WHERE run_id = $1 AND state = 'running' RETURNING 1)
             INSERT INTO {0}.etl_events (run_id, attempt, event, phase, detail)
             SELECT $1, $6, 'run ' || $2::text, $7, concat_ws(': ', $3, $4) FROM put",
            self.schema
        );
        let code = results.error.as_ref().map(|error| error.code.clone());
        let phase = results.error.as_ref().and_then(|error| error.phase.clone());
        let json = serde_json::to_value(results).unwrap_or_default();
        self.write(
            client,
            &sql,
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
        let sql = format!(
            "WITH put AS (
                 INSERT INTO {0}.etl_runs (run_id, state, host, pid, finished_at, error_code, message, results)
                 VALUES ($1, 'refused', $2, $3, clock_timestamp(), $4, $5, $6) ON CONFLICT (run_id) DO NOTHING RETURNING 1)
             INSERT INTO {0}.etl_events (run_id, attempt, event, detail)
             SELECT $1, 1, 'run refused', concat_ws(': ', $4, $5) FROM put",
            self.schema
        );
        let code = results.error.as_ref().map(|error| error.code.clone());
        let json = serde_json::to_value(results).unwrap_or_default();
        self.write(
            client,
            &sql,
            &[&self.run, &host(), &pid(), &code, &results.message, &json],
        )
        .await
    }

    async fn abandon_others(&self, client: &Client) -> Result<()> {
        // Connections of a process that is not there to end them would keep what they lock.
        let end = format!(
            "SELECT count(pg_terminate_backend(a.pid)) FROM {0}.etl_workers w
               JOIN pg_stat_activity a ON a.application_name = w.name AND a.usename = current_user
              WHERE w.run_id <> $1 AND w.ended_at IS NULL AND w.heartbeat_at < clock_timestamp() - make_interval(secs => $2)",
            self.schema
        );
        client
            .query_one(&end, &[&self.run, &heartbeat::LEASE.as_secs_f64()])
            .await
            .map_err(|error| EtlError::database(error, "ending what a dead run left"))?;
        let abandon = format!(
            "WITH left_over AS (
                 UPDATE {0}.etl_runs SET state = 'abandoned', finished_at = clock_timestamp()
                  WHERE state = 'running' AND run_id <> $1 RETURNING run_id, attempt),
             gone AS (
                 UPDATE {0}.etl_workers w SET ended_at = clock_timestamp()
                   FROM left_over WHERE w.run_id = left_over.run_id AND w.ended_at IS NULL)
             INSERT INTO {0}.etl_events (run_id, attempt, event)
             SELECT run_id, attempt, 'run abandoned' FROM left_over",
            self.schema
        );
        let abandoned = client
            .execute(&abandon, &[&self.run])
            .await
            .map_err(|error| EtlError::database(error, "writing the ledger"))?;
        if abandoned > 0 {
            tracing::warn!(
                "{abandoned} earlier run(s) never ended and are marked abandoned; what they left is done now"
            );
        }
        Ok(())
    }
}
