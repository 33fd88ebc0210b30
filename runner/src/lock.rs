//! One run at a time on one staging schema: an advisory lock, held by a connection of its own for the whole run.
//! PostgreSQL lets go of it when the connection ends, however it ends.

use jobinsight_core::database::{self, Target};
use jobinsight_core::{EtlError, Kind, Result, Settings};
use tokio_postgres::Client;

/// The lock, for as long as this lives.
pub(crate) struct RunLock {
    client: Client,
}

const HOLDER: &str = "
    SELECT a.pid, a.application_name, coalesce(a.client_addr::text, 'local'), a.backend_start::text
      FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND ((l.classid::bigint << 32) | l.objid::bigint) = $1";

impl RunLock {
    /// Takes the lock, or says who holds it.
    pub(crate) async fn take(target: &Target, settings: &Settings, name: &str) -> Result<Self> {
        let client = database::connect(target, name).await?;
        let fail = |error| EtlError::database(error, "taking the run lock");
        let row = client
            .query_one(
                "SELECT k, pg_try_advisory_lock(k) FROM (SELECT hashtextextended('jobinsight:' || $1::text, 0) AS k) x",
                &[&settings.staging.schema],
            )
            .await
            .map_err(fail)?;
        let (key, taken): (i64, bool) = (row.get(0), row.get(1));
        if taken {
            return Ok(Self { client });
        }
        let holder = client.query_opt(HOLDER, &[&key]).await.map_err(fail)?;
        let holder = holder.map_or_else(
            || "which ended just now".to_owned(),
            |row| {
                format!(
                    "`{}`, backend {} from {}, since {}",
                    row.get::<_, &str>(1),
                    row.get::<_, i32>(0),
                    row.get::<_, &str>(2),
                    row.get::<_, &str>(3)
                )
            },
        );
        Err(EtlError::new(
            Kind::Locked,
            "jobinsight::run::locked",
            format!(
                "another run works on the schema {}: {holder}",
                settings.staging.schema
            ),
        )
        .help("wait for it; or, if it is to go, end its process: the lock goes with it"))
    }

    /// Cancels the statements that this run's other connections still execute.
    pub(crate) async fn cancel_statements(&self, name: &str) {
        let query = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity
                      WHERE application_name = $1 AND pid <> pg_backend_pid() AND usename = current_user";
        if let Err(error) = self.client.execute(query, &[&name]).await {
            tracing::debug!("statements could not be cancelled: {error}");
        }
    }

    /// The lock's connection, for what the run itself has to write.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}
