//! `jobinsight rejects imports`: lines and records that imports could not load.

use jobinsight_core::database::{self, Connection};
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::{LIST_IMPORT_REJECTS, PURGE_IMPORT_REJECTS};
use jobinsight_sql::tables;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::rejects_args::ImportRejectsCommand;
use crate::report::text;

/// The rejected records of imports, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct ImportRejectList {
    /// The records, the last one first.
    rejects: Vec<ImportReject>,
}

/// A rejected record of an import: a row of `import_rejects`. The table of an earlier version has fewer columns.
#[derive(Serialize, Deserialize, JsonSchema)]
struct ImportReject {
    /// The number in the table of rejects.
    id: i64,
    /// The path of the last file on the command line, or `stdin`.
    file: String,
    /// The line of the last file where the record begins, from 1; in a Parquet file, the row.
    line: i64,
    /// The kind of problem, as one word, such as `not_text`; null if an earlier version stored the record.
    cause: Option<String>,
    /// Why the record was rejected, as a sentence.
    reason: String,
    /// The beginning of the text, or the values as JSON.
    content: Option<String>,
    /// The time of the first import that rejected the record, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    imported_at: String,
    /// The time of the last import that rejected the record, in RFC 3339; null if an earlier version stored the record.
    #[schemars(extend("format" = "date-time"))]
    last_seen_at: Option<String>,
    /// The number of imports that rejected the record; null if an earlier version stored the record.
    times_seen: Option<i64>,
}

/// The output of `rejects imports purge`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct PurgedRejects {
    /// The records that were removed from the table of rejects.
    purged: u64,
}

pub(super) async fn import_rejects(global: &Global, command: &ImportRejectsCommand) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let client = database::connect_for(&io::target(global, &loaded)?, "rejects", settings).await?;
    let exists = exists(&client, settings).await?;
    match command {
        ImportRejectsCommand::List { cause, file, limit } => {
            let rejects = if exists {
                list(&client, settings, cause.as_ref(), file.as_ref(), *limit).await?
            } else {
                Vec::new()
            };
            show(global, rejects);
        }
        ImportRejectsCommand::Purge {
            file,
            older_than,
            all: _,
        } => {
            let purged = if exists {
                purge(&client, settings, file.as_ref(), *older_than).await?
            } else {
                0
            };
            match global.format {
                OutputFormat::Json => io::print_json(&PurgedRejects { purged }),
                OutputFormat::Text => io::print_text(&format!(
                    "Removed {} of imports.\n",
                    counted(purged, "rejected record")
                )),
            }
        }
    }
    Ok(0)
}

async fn exists(client: &Connection, settings: &Settings) -> Result<bool> {
    let table = format!("{}.import_rejects", settings.staging_schema());
    tables::exists(&**client, &table)
        .await
        .map_err(|error| EtlError::database(error, "reading rejects"))
}

async fn list(
    client: &Connection,
    settings: &Settings,
    cause: Option<&String>,
    file: Option<&String>,
    limit: i64,
) -> Result<Vec<ImportReject>> {
    let script = LIST_IMPORT_REJECTS.render(settings);
    let rows = client
        .query(script.sql(), &[&cause, &file, &limit])
        .await
        .map_err(|error| script.error(error, "reading rejects"))?;
    let records = rows.iter().map(|row| serde_json::from_value(row.get(0)));
    records
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| EtlError::bug(format!("a row of import_rejects cannot be read: {error}")))
}

async fn purge(
    client: &Connection,
    settings: &Settings,
    file: Option<&String>,
    days: Option<i32>,
) -> Result<u64> {
    let script = PURGE_IMPORT_REJECTS.render(settings);
    client
        .execute(script.sql(), &[&file, &days])
        .await
        .map_err(|error| script.error(error, "removing rejects"))
}

fn show(global: &Global, rejects: Vec<ImportReject>) {
    if global.format == OutputFormat::Json {
        return io::print_json(&ImportRejectList { rejects });
    }
    if rejects.is_empty() {
        return io::print_text("No record of an import is rejected.\n");
    }
    let mut table = text::table(&[
        "file",
        "line",
        "cause",
        "reason",
        "content",
        "times_seen",
        "last_seen_at",
    ]);
    for reject in rejects {
        let times = reject.times_seen.map(|times| times.to_string());
        table.add_row([
            reject.file,
            reject.line.to_string(),
            reject.cause.unwrap_or_default(),
            reject.reason,
            reject.content.unwrap_or_default(),
            times.unwrap_or_default(),
            reject.last_seen_at.unwrap_or_default(),
        ]);
    }
    io::print_text(&format!("{table}\n"));
}
