//! `jobinsight rejects`: rejected rows.

use jobinsight_core::database::{self, Connection};
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::schema;
use jobinsight_sql::scripts::{LIST_REJECTS, REPLAY_REJECTS};
use serde_json::{Value, json};

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::cli::rejects_args::RejectsCommand;
use crate::codes;
use crate::ledger;
use crate::report::text;

pub(crate) async fn rejects(global: &Global, command: &RejectsCommand) -> Result<u8> {
    if let RejectsCommand::Imports(command) = command {
        return super::import_rejects::import_rejects(global, command).await;
    }
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let client = database::connect_for(&io::target(global, &loaded)?, "rejects").await?;
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
            OutputFormat::Json => io::print_json(&json!({ "rejects": [] })),
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
            table(global, &select(&client, settings, &filter).await?);
        }
        RejectsCommand::Imports(_) => {}
        RejectsCommand::Show { key } => {
            show(global, &find(&client, settings, key).await?);
        }
        RejectsCommand::Replay {
            keys,
            reason,
            all: _,
        } => {
            for key in keys {
                find(&client, settings, key).await?;
            }
            let rows = replay(&client, settings, keys, reason.as_ref()).await?;
            match global.format {
                OutputFormat::Json => io::print_json(&json!({ "replayed": rows })),
                OutputFormat::Text => io::print_text(&format!(
                    "The next run processes {} again: {}\n",
                    counted(rows, "row"),
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
) -> Result<Vec<Value>> {
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
    let rejects = rows.iter().map(|row| {
        let text = |index: usize| row.get::<_, Option<String>>(index);
        json!({
            "key": text(0), "reason": text(1), "field": text(2), "value": text(3), "phase": text(4),
            "rule_set": text(5), "run_id": text(6), "rejected_at": text(7),
            "raw": row.get::<_, Option<Value>>(8), "in_raw_table": row.get::<_, bool>(9),
        })
    });
    Ok(rejects.collect())
}

/// The rejected row with this key.
async fn find(client: &Connection, settings: &Settings, key: &String) -> Result<Value> {
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

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn table(global: &Global, list: &[Value]) {
    if global.format == OutputFormat::Json {
        return io::print_json(&json!({ "rejects": list }));
    }
    if list.is_empty() {
        return io::print_text("No row is rejected.\n");
    }
    let names = ["key", "reason", "field", "value", "rejected_at", "run_id"];
    let mut table = text::table(&names);
    for reject in list {
        table.add_row(names.map(|name| text(&reject[name])));
    }
    io::print_text(&format!("{table}\n"));
}

fn show(global: &Global, reject: &Value) {
    if global.format == OutputFormat::Json {
        return io::print_json(reject);
    }
    let mut table = text::table(&["", ""]);
    for name in [
        "key",
        "reason",
        "field",
        "value",
        "phase",
        "rule_set",
        "run_id",
        "rejected_at",
    ] {
        table.add_row([name.to_owned(), text(&reject[name])]);
    }
    let field = reject["field"].as_str().unwrap_or_default();
    let now = match (&reject["raw"], &reject["raw"][field]) {
        (Value::Null, _) => "the row is not in the raw table any more".to_owned(),
        (_, Value::Null) => "(empty)".to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    };
    table.add_row(["raw, as it is now".to_owned(), now]);
    io::print_text(&format!(
        "{table}\nTo process the row again: {}\n",
        advice::command(format!(
            "rejects replay {}",
            advice::quoted(&text(&reject["key"]))
        ))
    ));
}
