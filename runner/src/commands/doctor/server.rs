//! The checks of the server itself: address, TLS, version, connections, clock.

use std::time::{Duration, Instant, SystemTime};

use jobinsight_core::database::{self, Connection, Target};
use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::DESCRIBE_SERVER;

use super::checks::Checks;

/// The difference of the clocks, in seconds, from which the results of a run may be wrong by a day.
const CLOCK_TOLERANCE: f64 = 5.0;

/// Checks the server. Returns the name of the role, or `None` if the server does not answer.
pub(super) async fn check(
    settings: &Settings,
    target: &Target,
    client: &Connection,
    checks: &mut Checks,
) -> Option<String> {
    let started = Instant::now();
    let server = match Server::read(client).await {
        Ok(server) => server,
        Err(error) => {
            checks.fail("connection", &error);
            return None;
        }
    };
    checks.ok(
        "connection",
        format!(
            "{} (from {}), an answer in {:.1} ms",
            target.display(),
            target.origin,
            started.elapsed().as_secs_f64() * 1000.0
        ),
    );
    match database::refuse_transaction_pooling(target, client).await {
        Ok(()) => checks.ok("pooler", "none in transaction mode"),
        Err(error) => checks.fail("pooler", &error),
    }
    server.check_tls(target, checks);
    server.check_version(checks);
    server.check_writable(checks);
    server.check_connections(settings, checks);
    server.check_clock(checks);
    Some(server.role)
}

/// The facts that the server reports.
struct Server {
    version: String,
    version_number: i32,
    is_standby: bool,
    is_read_only: bool,
    uses_tls: bool,
    free_connections: i64,
    /// The connection limit of the role; negative if there is none.
    role_limit: i64,
    role: String,
    /// Seconds since 1970.
    time: f64,
}

impl Server {
    async fn read(client: &Connection) -> Result<Self> {
        let row = client
            .query_one(DESCRIBE_SERVER.text, &[])
            .await
            .map_err(|error| EtlError::database(error, "looking at the server"))?;
        Ok(Self {
            version: row.get(0),
            version_number: row.get(1),
            is_standby: row.get(2),
            is_read_only: row.get(3),
            uses_tls: row.get(4),
            free_connections: row.get(5),
            role_limit: row.get::<_, Option<i64>>(6).unwrap_or(-1),
            role: row.get(7),
            time: row.get(8),
        })
    }

    fn check_tls(&self, target: &Target, checks: &mut Checks) {
        if self.uses_tls {
            checks.ok("TLS", format!("on, sslmode = {}", target.tls.mode.name()));
        } else {
            checks.warn(
                "TLS",
                "off; safe on one machine, but not over a shared network",
                "sslmode=verify-full and sslrootcert=FILE",
            );
        }
    }

    fn check_version(&self, checks: &mut Checks) {
        match database::refuse_old_version(&self.version, self.version_number) {
            Ok(()) => checks.ok("version", &self.version),
            Err(error) => checks.fail("version", &error),
        }
    }

    fn check_writable(&self, checks: &mut Checks) {
        match database::refuse_read_only(self.is_standby, self.is_read_only) {
            Ok(()) => checks.ok("writable", "yes"),
            Err(error) => checks.fail("writable", &error),
        }
    }

    fn check_connections(&self, settings: &Settings, checks: &mut Checks) {
        let needed = i64::from(settings.max_workers) + 3;
        let free = if self.role_limit >= 0 {
            self.free_connections.min(self.role_limit)
        } else {
            self.free_connections
        };
        let found = format!("{free} free, at most {needed} needed");
        if free >= needed {
            checks.ok("connections", found);
        } else {
            checks.warn(
                "connections",
                found,
                "lower ETL_MAX_WORKERS, or raise max_connections or the limit of the role",
            );
        }
    }

    fn check_clock(&self, checks: &mut Checks) {
        let ours = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or(Duration::ZERO)
            .as_secs_f64();
        let difference = (self.time - ours).abs();
        let found = format!("{difference:.1} s apart from the clock of the server");
        if difference < CLOCK_TOLERANCE {
            checks.ok("clock", found);
        } else {
            checks.warn(
                "clock",
                found,
                "set both clocks with NTP; a run computes due dates from the clock of this machine",
            );
        }
    }
}
