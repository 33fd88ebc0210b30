//! `jobinsight distribute`: spreads the raw table and staging over the servers of a Citus database.
//!
//! The server plans the statements (`sql/distribute/distribute_tables.sql`), so a dry run shows exactly what the command executes. One
//! transaction executes them. If the command is killed or fails, the server undoes it, and both tables are as before.

use std::time::Instant;

use jobinsight_core::database::Connection;
use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::scripts::DISTRIBUTE_TABLES;
use jobinsight_sql::tables;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::table_args::DistributeArgs;
use crate::codes;
use crate::session::connect::connect_to_change;

/// The command, in the name of its connection.
const COMMAND: &str = "distribute";

/// The output of `distribute`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct DistributionOutput {
    /// Whether the tables were distributed. false after a dry run, and if they were distributed already.
    distributed: bool,
    /// The column whose hash decides which server stores a row.
    by: &'static str,
    /// Duration in seconds; null after a dry run.
    seconds: Option<f64>,
    /// The statements, in order.
    statements: Vec<String>,
}

pub(crate) async fn distribute(global: &Global, args: &DistributeArgs) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let target = io::target(global, &loaded)?;
    let mut client = connect_to_change(&target, settings, COMMAND, args.dry_run).await?;
    refuse_without_citus(&client).await?;
    refuse_without_tables(&client, settings).await?;
    let statements = plan(&client, settings).await?;
    let mut output = DistributionOutput {
        distributed: false,
        by: "job_id",
        seconds: None,
        statements: Vec::new(),
    };
    if !args.dry_run && !statements.is_empty() {
        let begun = Instant::now();
        execute(&mut client, &statements).await?;
        output.distributed = true;
        output.seconds = Some(begun.elapsed().as_secs_f64());
    }
    output.statements = statements;
    match global.format {
        OutputFormat::Json => io::print_json(&output),
        OutputFormat::Text => io::print_text(&in_words(&output)),
    }
    Ok(0)
}

/// Refuses a database that cannot distribute tables.
async fn refuse_without_citus(client: &Connection) -> Result<()> {
    let row = client
        .query_one(
            "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus')",
            &[],
        )
        .await
        .map_err(|error| EtlError::database(error, "looking for the extension citus"))?;
    if row.get(0) {
        return Ok(());
    }
    Err(EtlError::new(
        codes::DISTRIBUTE_NO_CITUS,
        "this database does not have the extension citus, so its tables cannot be distributed; nothing was changed",
    )
    .help(format!(
        "on one server, use partitions: {}; for several servers, install Citus on each of them",
        advice::command("partition --parts 16")
    )))
}

/// Refuses a database without the raw table or without staging.
async fn refuse_without_tables(client: &Connection, settings: &Settings) -> Result<()> {
    let staging = format!("{}.staging_jobs", settings.staging_schema());
    for table in [&settings.raw_table(), &staging] {
        let exists = tables::exists(&**client, table).await;
        if !exists.map_err(|error| EtlError::database(error, "looking for the tables"))? {
            return Err(EtlError::new(
                codes::DISTRIBUTE_NO_TABLE,
                format!("the table {table} does not exist in this database; nothing was changed"),
            )
            .help(advice::command("run")));
        }
    }
    Ok(())
}

async fn plan(client: &Connection, settings: &Settings) -> Result<Vec<String>> {
    let script = DISTRIBUTE_TABLES.render(settings);
    let rows = client
        .query(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "planning the distribution"))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Executes the statements in one transaction.
async fn execute(client: &mut Connection, statements: &[String]) -> Result<()> {
    let fail = |error| EtlError::database(error, "distributing the tables");
    let tx = client.transaction().await.map_err(fail)?;
    tx.batch_execute("SET LOCAL statement_timeout = 0")
        .await
        .map_err(fail)?;
    for statement in statements {
        tx.batch_execute(statement).await.map_err(fail)?;
    }
    tx.commit().await.map_err(fail)
}

fn in_words(output: &DistributionOutput) -> String {
    match output.seconds {
        Some(seconds) => format!(
            "the raw table and staging_jobs are distributed by job_id now: {seconds:.1} s\n"
        ),
        None if output.statements.is_empty() => {
            "the raw table and staging_jobs are distributed by job_id already\n".to_owned()
        }
        None => format!(
            "the raw table and staging_jobs would be distributed by job_id:\n\n{};\n\nNothing was changed.\n",
            output.statements.join(";\n")
        ),
    }
}
