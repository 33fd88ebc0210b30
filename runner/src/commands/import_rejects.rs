//! `jobinsight rejects imports`: lines and records that imports could not load.

use jobinsight_core::database::{self, Connection};
use jobinsight_core::plural::counted;
use jobinsight_core::{Result, Settings};
use jobinsight_sql::scripts::{LIST_IMPORT_REJECTS, PURGE_IMPORT_REJECTS};
use jobinsight_sql::tables;
use serde_json::{Value, json};

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::rejects_args::ImportRejectsCommand;
use crate::report::text;

pub(super) async fn import_rejects(global: &Global, command: &ImportRejectsCommand) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let client = database::connect_for(&io::target(global, &loaded)?, "rejects").await?;
    let exists = exists(&client, settings).await?;
    match command {
        ImportRejectsCommand::List { cause, file, limit } => {
            let rejects = if exists {
                list(&client, settings, cause.as_ref(), file.as_ref(), *limit).await?
            } else {
                Vec::new()
            };
            show(global, &rejects);
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
                OutputFormat::Json => io::print_json(&json!({ "purged": purged })),
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
        .map_err(|error| jobinsight_core::EtlError::database(error, "reading rejects"))
}

async fn list(
    client: &Connection,
    settings: &Settings,
    cause: Option<&String>,
    file: Option<&String>,
    limit: i64,
) -> Result<Vec<Value>> {
    let script = LIST_IMPORT_REJECTS.render(settings);
    let rows = client
        .query(script.sql(), &[&cause, &file, &limit])
        .await
        .map_err(|error| script.error(error, "reading rejects"))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
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

fn show(global: &Global, rejects: &[Value]) {
    if global.format == OutputFormat::Json {
        return io::print_json(&json!({ "rejects": rejects }));
    }
    if rejects.is_empty() {
        return io::print_text("No record of an import is rejected.\n");
    }
    let names = [
        "file",
        "line",
        "cause",
        "reason",
        "content",
        "times_seen",
        "last_seen_at",
    ];
    let mut table = text::table(&names);
    for reject in rejects {
        table.add_row(names.map(|name| match &reject[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }));
    }
    io::print_text(&format!("{table}\n"));
}
