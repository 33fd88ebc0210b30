//! Waits until upstream is ready: until the raw table meets every condition of `[upstream]`.

use std::time::{Duration, Instant};

use jobinsight_core::database::{self, Target};
use jobinsight_core::heartbeat::SERVER_TIMEOUT;
use jobinsight_core::settings::Raw;
use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::scripts::COUNT_RAW;
use jobinsight_sql::tables;
use tokio_postgres::Client;

use super::conditions;
use crate::codes;
use crate::ledger::Crawl;
use crate::run::rare_log::RareLog;
use crate::session::shutdown::Stop;

/// The first time between two looks at the raw table. It doubles after each.
const FIRST: Duration = Duration::from_secs(1);
/// The longest time between two looks.
const LONGEST: Duration = Duration::from_secs(30);

/// A wait for upstream.
#[derive(Debug, Clone)]
pub(crate) struct Wait {
    /// The longest time.
    pub(crate) limit: Duration,
    /// The longest time as the user typed it.
    pub(crate) typed: String,
}

/// Waits until upstream is ready. Returns how long that took. A server that cannot be reached is waited for as well.
///
/// # Errors
/// `jobinsight::upstream::not_ready` after the longest time; `jobinsight::upstream::no_condition` if no setting says what
/// ready means; the error of a signal.
pub(crate) async fn wait(
    settings: &Settings,
    target: &Target,
    stop: &Stop,
    wait: &Wait,
) -> Result<Duration> {
    let upstream = &settings.upstream;
    if upstream.max_age.is_none() && upstream.min_rows.is_none() && upstream.sql.is_none() {
        return Err(EtlError::new(
            codes::UPSTREAM_NO_CONDITION,
            "no setting says when upstream is ready",
        ));
    }
    let began = Instant::now();
    let mut log = RareLog::new();
    let mut pause = FIRST;
    loop {
        let left = wait.limit.saturating_sub(began.elapsed());
        let looked = tokio::time::timeout(left.max(SERVER_TIMEOUT), look(settings, target));
        let unmet = match looked.await {
            Ok(Ok(Ok(()))) => return Ok(began.elapsed()),
            Ok(Ok(Err(unmet))) => unmet,
            Ok(Err(error)) if error.kind().is_repeatable() => error,
            Ok(Err(error)) => return Err(error),
            Err(_) => EtlError::new(codes::DATABASE_SILENT, "the server does not answer"),
        };
        let left = wait.limit.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Err(not_ready(wait, &unmet));
        }
        if log.is_due() {
            tracing::info!(
                "waiting for upstream: {}; {} s left",
                unmet.message(),
                left.as_secs()
            );
        }
        tokio::select! {
            () = stop.token.cancelled() => return Err(stopped(stop)),
            () = tokio::time::sleep(pause.min(left)) => pause = (pause * 2).min(LONGEST),
        }
    }
}

fn not_ready(wait: &Wait, unmet: &EtlError) -> EtlError {
    EtlError::new(
        codes::UPSTREAM_NOT_READY,
        format!(
            "upstream was not ready in {}: {}",
            wait.typed,
            unmet.message()
        ),
    )
}

/// The error of a signal that ended the wait.
fn stopped(stop: &Stop) -> EtlError {
    let code = stop.reason().code();
    EtlError::new(
        code,
        "a signal stopped the wait for upstream; no run has begun",
    )
    .help(advice::command("run"))
}

/// Looks once. The inner error says which condition is not met.
async fn look(settings: &Settings, target: &Target) -> Result<Result<()>> {
    let client = database::connect_for(target, "wait", settings).await?;
    let met = conditions_met(&client, settings).await;
    match met {
        Err(error) if is_unmet(&error) => Ok(Err(error)),
        met => met.map(Ok),
    }
}

async fn conditions_met(client: &Client, settings: &Settings) -> Result<()> {
    let upstream = &settings.upstream;
    let exists = tables::exists(client, &settings.raw_table()).await;
    if !exists.map_err(|error| EtlError::database(error, "looking for the raw table"))? {
        let Raw { schema, table } = &settings.raw;
        return Err(EtlError::new(
            codes::UPSTREAM_NOT_READY,
            format!("the table {schema}.{table} does not exist in this database"),
        ));
    }
    if upstream.max_age.is_some() {
        let crawl = Crawl::read(client, settings, None).await?;
        conditions::age(settings, crawl.as_ref())?;
    }
    if upstream.min_rows.is_some() {
        let script = COUNT_RAW.render(settings);
        let row = client
            .query_one(script.sql(), &[])
            .await
            .map_err(|error| script.error(error, "counting the raw rows"))?;
        conditions::rows(settings, row.get::<_, i64>(0).cast_unsigned())?;
    }
    if let Some(sql) = &upstream.sql {
        conditions::query(sql, conditions::ask(client, sql).await?)?;
    }
    Ok(())
}

/// Whether an error says that a condition is not met.
fn is_unmet(error: &EtlError) -> bool {
    [
        codes::QUALITY_STALE_CRAWL,
        codes::QUALITY_TOO_FEW_ROWS,
        codes::QUALITY_UPSTREAM_NOT_READY,
        codes::UPSTREAM_NOT_READY,
    ]
    .contains(&error.code())
}
