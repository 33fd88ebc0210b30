//! `jobinsight rejects`: rejected rows.

use jobinsight_core::database::{self, Connection};
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::schema;
use jobinsight_sql::scripts::{LIST_REJECTS, REPLAY_REJECTS};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::rejects_args::RejectsCommand;
use crate::codes;
use crate::ledger;
use crate::report::text;

/// The rejected rows, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct RejectList {
    /// The rows, the last one first.
    rejects: Vec<RejectedRow>,
}

/// A rejected row with its raw row, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct RejectedRow {
    /// The key.
    key: String,
    /// The reason, as one word.
    reason: String,
    /// The column with the value that was refused.
    field: String,
    /// The beginning of the value that was refused.
    value: Option<String>,
    /// The phase that rejected the row.
    phase: String,
    /// The rules that rejected the row.
    rule_set: String,
    /// The run that rejected the row.
    run_id: String,
    /// When the row was rejected, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    rejected_at: String,
    /// The raw row as it is now; null if it does not exist any more.
    raw: Option<Value>,
    /// Whether the raw row exists.
    in_raw_table: bool,
}

/// The output of `rejects replay`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReplayedRows {
    /// The rows that the next run processes again.
    replayed: u64,
}

pub(crate) async fn rejects(global: &Global, command: &RejectsCommand) -> Result<u8> {
    if let RejectsCommand::Imports(command) = command {
        return super::import_rejects::import_rejects(global, command).await;
    }
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let client =
        database::connect_for(&io::target(global, &loaded)?, "rejects", &loaded.settings).await?;
    if !ledger::exists(&client, &settings.staging_schema()).await? {
        let named = match command {
            RejectsCommand::Show { key } => Some(key),
            RejectsCommand::Replay { keys, .. } => keys.first(),
            RejectsCommand::List { .. } | RejectsCommand::Imports(_) => None,
        };
        if let Some(key) = named {
            return Err(unknown(key));
        }
        match global.format {
            OutputFormat::Json if matches!(command, RejectsCommand::Replay { .. }) => {
                io::print_json(&ReplayedRows { replayed: 0 });
            }
            OutputFormat::Json => io::print_json(&RejectList {
                rejects: Vec::new(),
            }),
            OutputFormat::Text => io::print_text(&format!(
                "There was no run yet: {}\n",
                advice::command("run")
            )),
        }
        return Ok(0);
    }
    match command {
        RejectsCommand::List {
            reason,
            field,
            run,
            limit,
        } => {
            let filter = Filter {
                key: None,
                reason: reason.as_ref(),
                field: field.as_ref(),
                run: run.as_ref(),
                limit: *limit,
            };
            table(global, select(&client, settings, &filter).await?);
        }
        RejectsCommand::Imports(_) => {}
        RejectsCommand::Show { key } => {
            show(global, find(&client, settings, key).await?);
        }
        RejectsCommand::Replay {
            keys,
            reason,
            all: _,
        } => {
            for key in keys {
                find(&client, settings, key).await?;
            }
            let replayed = replay(&client, settings, keys, reason.as_ref()).await?;
            match global.format {
                OutputFormat::Json => io::print_json(&ReplayedRows { replayed }),
                OutputFormat::Text => io::print_text(&format!(
                    "The next run processes {} again: {}\n",
                    counted(replayed, "row"),
                    advice::command("run")
                )),
            }
        }
    }
    Ok(0)
}

/// The rejected rows to list. A field that is `None` matches every row.
#[derive(Default)]
struct Filter<'a> {
    key: Option<&'a String>,
    reason: Option<&'a String>,
    field: Option<&'a String>,
    run: Option<&'a String>,
    limit: i64,
}

/// Reads the rejected rows, each with its raw row as it is now.
async fn select(
    client: &Connection,
    settings: &Settings,
    filter: &Filter<'_>,
) -> Result<Vec<RejectedRow>> {
    let script = LIST_REJECTS.render(settings);
    let Filter {
        key,
        reason,
        field,
        run,
        limit,
    } = filter;
    let rows = client
        .query(script.sql(), &[key, reason, field, run, limit])
        .await
        .map_err(|error| script.error(error, "reading rejects"))?;
    let rejects = rows.iter().map(|row| RejectedRow {
        key: row.get(0),
        reason: row.get(1),
        field: row.get(2),
        value: row.get(3),
        phase: row.get(4),
        rule_set: row.get(5),
        run_id: row.get(6),
        rejected_at: row.get(7),
        raw: row.get(8),
        in_raw_table: row.get(9),
    });
    Ok(rejects.collect())
}

/// The rejected row with this key.
async fn find(client: &Connection, settings: &Settings, key: &String) -> Result<RejectedRow> {
    let filter = Filter {
        key: Some(key),
        limit: 1,
        ..Filter::default()
    };
    let found = select(client, settings, &filter).await?.pop();
    found.ok_or_else(|| unknown(key))
}

/// Marks rejected rows for the next run: those of the keys, or of the reason. Returns their number.
async fn replay(
    client: &Connection,
    settings: &Settings,
    keys: &[String],
    reason: Option<&String>,
) -> Result<u64> {
    schema::refuse_newer(&**client, settings).await?;
    let script = REPLAY_REJECTS.render(settings);
    let keys = (!keys.is_empty()).then_some(keys);
    client
        .execute(script.sql(), &[&keys, &reason])
        .await
        .map_err(|error| script.error(error, "replaying rejects"))
}

fn unknown(key: &str) -> EtlError {
    EtlError::new(
        codes::REJECTS_UNKNOWN,
        format!("the row `{key}` is not rejected"),
    )
    .help(format!(
        "`{}` shows the keys",
        advice::command("rejects list")
    ))
}

fn table(global: &Global, rejects: Vec<RejectedRow>) {
    if global.format == OutputFormat::Json {
        return io::print_json(&RejectList { rejects });
    }
    if rejects.is_empty() {
        return io::print_text("No row is rejected.\n");
    }
    let mut table = text::table(&["key", "reason", "field", "value", "rejected_at", "run_id"]);
    for reject in rejects {
        table.add_row([
            reject.key,
            reject.reason,
            reject.field,
            reject.value.unwrap_or_default(),
            reject.rejected_at,
            reject.run_id,
        ]);
    }
    io::print_text(&format!("{table}\n"));
}

fn show(global: &Global, reject: RejectedRow) {
    if global.format == OutputFormat::Json {
        return io::print_json(&reject);
    }
    let now = match reject.raw.as_ref().map(|raw| &raw[&reject.field]) {
        None => "the row is not in the raw table any more".to_owned(),
        Some(Value::Null) => "(empty)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let replay = advice::command(format!("rejects replay {}", advice::quoted(&reject.key)));
    let mut table = text::table(&["", ""]);
    for (name, value) in [
        ("key", reject.key),
        ("reason", reject.reason),
        ("field", reject.field),
        ("value", reject.value.unwrap_or_default()),
        ("phase", reject.phase),
        ("rule_set", reject.rule_set),
        ("run_id", reject.run_id),
        ("rejected_at", reject.rejected_at),
        ("raw, as it is now", now),
    ] {
        table.add_row([name, &value]);
    }
    io::print_text(&format!("{table}\nTo process the row again: {replay}\n"));
}
