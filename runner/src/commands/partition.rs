//! `jobinsight partition`: turns a filled staging table into a table with partitions by hash of the key, or back into a plain table.
//!
//! The server plans the statements (`sql/partition/plan_conversion.sql`), so a dry run shows exactly what a conversion executes.
//!
//! # Steps
//! 1. The command takes the run lock, so no run writes meanwhile.
//! 2. One transaction blocks other writers of staging, copies the rows to a new table, and creates the indexes. Readers continue.
//! 3. The new table takes the place of the old one. This needs an exclusive lock for a moment. The command waits for it at most
//!    [`PATIENCE`] at a time, and tries again after [`PAUSE`], so that readers do not wait behind it.
//! 4. After the commit, the command collects the statistics of the new table.
//!
//! If the command is killed or fails, the server undoes the transaction, and staging is as before.

use std::time::{Duration, Instant};

use jobinsight_core::database::Connection;
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::Script;
use jobinsight_sql::scripts::{LIST_BLOCKERS, PLAN_CONVERSION};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Transaction;
use tokio_postgres::error::SqlState;

use super::staging_layout::{read_layout, refuse_distributed};
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::table_args::{PartitionArgs, PartitionKey};
use crate::codes;
use crate::session::connect::connect_to_change;

/// The command, in the name of its connection.
const COMMAND: &str = "partition";
/// The longest time that a reader waits behind a try to put the new table in place.
const PATIENCE: Duration = Duration::from_millis(500);
/// The time between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// The step of the statements that put the new table in place.
const EXCHANGE: i32 = 4;
/// The step of the statements after the commit.
const AFTERWARDS: i32 = 5;

/// The output of `partition`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct ConversionOutput {
    /// Whether staging was converted. false after a dry run, and if it had these partitions already.
    converted: bool,
    /// The key of the partitions.
    by: &'static str,
    /// Number of partitions that staging had; 1: it was a plain table.
    before: u32,
    /// Number of partitions that staging has now, or would have after a dry run; 1: a plain table.
    parts: u32,
    /// Rows of staging. After a dry run, an estimate of the server.
    rows: u64,
    /// Bytes of staging with its indexes, before the conversion. While it works, the server needs about as much space again.
    bytes: u64,
    /// Duration in seconds; null after a dry run.
    seconds: Option<f64>,
    /// The statements, in order.
    statements: Vec<String>,
}

/// A statement of the conversion.
struct Statement {
    step: i32,
    sql: String,
}

pub(crate) async fn partition(global: &Global, args: &PartitionArgs) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let target = io::target(global, &loaded)?;
    let mut client = connect_to_change(&target, settings, COMMAND, args.dry_run).await?;
    let layout = read_layout(&client, settings).await?;
    refuse_distributed(&client, settings).await?;
    let mut output = ConversionOutput {
        converted: false,
        by: match args.by {
            PartitionKey::Hash => "hash",
        },
        before: layout.parts,
        parts: args.parts,
        rows: layout.rows,
        bytes: layout.bytes,
        seconds: None,
        statements: Vec::new(),
    };
    if layout.parts == args.parts && layout.is_usual {
        show(global, &output);
        return Ok(0);
    }
    refuse_blocked(&client, settings, args.parts).await?;
    let statements = plan(&client, settings, args.parts).await?;
    if !args.dry_run {
        let begun = Instant::now();
        output.rows = convert(&mut client, settings, &statements).await?;
        output.converted = true;
        output.seconds = Some(begun.elapsed().as_secs_f64());
    }
    output.statements = statements
        .into_iter()
        .map(|statement| statement.sql)
        .collect();
    show(global, &output);
    Ok(0)
}

/// Refuses a staging table with objects of others that a conversion would lose.
async fn refuse_blocked(client: &Connection, settings: &Settings, parts: u32) -> Result<()> {
    let found = list(client, settings, LIST_BLOCKERS, parts).await?;
    if found.is_empty() {
        return Ok(());
    }
    let blockers: Vec<&str> = found.iter().map(|row| row.get(0)).collect();
    Err(EtlError::new(
        codes::PARTITION_REFUSED,
        format!(
            "these objects would be lost by a conversion of staging_jobs: {}; nothing was changed",
            blockers.join(", ")
        ),
    )
    .help("drop them, convert the table, and create them again"))
}

async fn plan(client: &Connection, settings: &Settings, parts: u32) -> Result<Vec<Statement>> {
    let rows = list(client, settings, PLAN_CONVERSION, parts).await?;
    let statements = rows.iter().map(|row| Statement {
        step: row.get(0),
        sql: row.get(1),
    });
    Ok(statements.collect())
}

async fn list(
    client: &Connection,
    settings: &Settings,
    script: Script,
    parts: u32,
) -> Result<Vec<tokio_postgres::Row>> {
    let script = script.render(settings);
    client
        .query(script.sql(), &[&i32::try_from(parts).unwrap_or(i32::MAX)])
        .await
        .map_err(|error| script.error(error, "planning the conversion"))
}

/// Converts the table. Returns the number of rows.
async fn convert(
    client: &mut Connection,
    settings: &Settings,
    statements: &[Statement],
) -> Result<u64> {
    let fail = |error| EtlError::database(error, "converting the staging table");
    let mut rows = 0;
    let mut tx = client.transaction().await.map_err(fail)?;
    let begin = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'; LOCK TABLE {}.staging_jobs IN SHARE ROW EXCLUSIVE MODE",
        settings.staging_schema()
    );
    tx.batch_execute(&begin)
        .await
        .map_err(|error| again(fail(error)))?;
    for statement in statements.iter().filter(|s| s.step < EXCHANGE) {
        let written = tx.execute(&statement.sql, &[]).await.map_err(fail)?;
        rows = rows.max(written);
    }
    exchange(&mut tx, settings, statements).await?;
    tx.commit().await.map_err(fail)?;
    for statement in statements.iter().filter(|s| s.step == AFTERWARDS) {
        client.batch_execute(&statement.sql).await.map_err(fail)?;
    }
    Ok(rows)
}

/// Puts the new table in the place of the old one, when no reader has a lock on the old one.
async fn exchange(
    tx: &mut Transaction<'_>,
    settings: &Settings,
    statements: &[Statement],
) -> Result<()> {
    let fail = |error| EtlError::database(error, "putting the new table in place");
    let limit = Duration::from_secs(settings.lock_timeout);
    let begun = Instant::now();
    loop {
        let savepoint = tx.transaction().await.map_err(fail)?;
        let patience = format!("SET LOCAL lock_timeout = {}", PATIENCE.as_millis());
        savepoint.batch_execute(&patience).await.map_err(fail)?;
        let exchanged = async {
            for statement in statements.iter().filter(|s| s.step == EXCHANGE) {
                savepoint.batch_execute(&statement.sql).await?;
            }
            Ok::<_, tokio_postgres::Error>(())
        };
        match exchanged.await {
            Ok(()) => return savepoint.commit().await.map_err(fail),
            Err(error)
                if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)
                    && begun.elapsed() < limit =>
            {
                savepoint.rollback().await.map_err(fail)?;
                tracing::info!(
                    "a reader has a lock on staging_jobs: trying again for at most {} s",
                    limit.saturating_sub(begun.elapsed()).as_secs()
                );
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(again(fail(error))),
        }
    }
}

/// Says what to type after an error of the conversion, which is not a run that could be resumed.
fn again(error: EtlError) -> EtlError {
    if error.code() != codes::DATABASE_LOCK_TIMEOUT {
        return error;
    }
    error.help(
        "wait until the sessions that read staging have ended their transactions, or end them; then type the command again",
    )
}

fn show(global: &Global, output: &ConversionOutput) {
    match global.format {
        OutputFormat::Json => io::print_json(output),
        OutputFormat::Text => io::print_text(&in_words(output)),
    }
}

fn in_words(output: &ConversionOutput) -> String {
    let layout = |parts: u32| match parts {
        1 => "a plain table".to_owned(),
        parts => format!(
            "a table with {} by hash of job_id",
            counted(parts, "partition")
        ),
    };
    let (now, rows) = (layout(output.parts), counted(output.rows, "row"));
    match output.seconds {
        Some(seconds) => format!("staging_jobs is {now} now: {rows} in {seconds:.1} s\n"),
        None if output.statements.is_empty() => format!("staging_jobs is {now} already\n"),
        None => format!(
            "staging_jobs would become {now}: about {rows}, {} MB\n\n{};\n\nNothing was changed.\n",
            output.bytes >> 20,
            output.statements.join(";\n")
        ),
    }
}
