//! `jobinsight status`: the active run, the last run, the queue, staging.

use std::fmt::Write;

use jobinsight_core::Result;
use jobinsight_core::database;
use jobinsight_core::state::RunState;
use jobinsight_sql::indexes;
use jobinsight_sql::scripts::READ_STATUS;
use serde_json::json;
use uuid::Uuid;

use super::runs::last;
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::ledger::Ledger;
use crate::run::failure;
use crate::session::run_lock;

pub(crate) async fn status(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let client = database::connect(&io::target(global, &loaded)?, "jobinsight status").await?;
    let runs = last(&client, &loaded, "", 5).await?;
    let holder = run_lock::holder(&client, settings).await?;
    let Some(run) = runs.iter().find(|run| run.state != RunState::Refused) else {
        match global.format {
            OutputFormat::Json => {
                io::print_json(&json!({ "running": holder.is_some(), "runs": [] }));
            }
            OutputFormat::Text => io::print("There was no run yet: jobinsight run\n"),
        }
        return Ok(0);
    };
    let script = READ_STATUS.render(settings);
    let row = client
        .query_one(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "reading the status"))?;
    let count = |index: usize| row.get::<_, i64>(index);
    let (staging, rejects, untaken) = (count(0), count(1), count(2));
    let crawled: Option<String> = row.get(3);
    let queue = Ledger::new(settings, run.run_id, 1, Uuid::nil())
        .queue(&client)
        .await?;
    let missing = indexes::missing(&client, settings).await?;
    let running = holder.as_ref().map(run_lock::LockHolder::describe);
    if global.format == OutputFormat::Json {
        io::print_json(&json!({
            "running": running, "staging_rows": staging, "rejected_rows": rejects, "not_taken_by_warehouse": untaken,
            "newest_crawl": crawled, "batches": queue, "safe_to_read": true, "runs": runs,
            "missing_indexes": missing.iter().map(|index| &index.name).collect::<Vec<_>>(),
        }));
        return Ok(0);
    }
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Running   {}",
        running.unwrap_or_else(|| "no".to_owned())
    );
    let _ = writeln!(
        text,
        "Last run  {} {} at {}",
        run.run_id,
        run.state,
        run.finished_at.as_ref().unwrap_or(&run.started_at)
    );
    if let Some(message) = &run.message {
        let _ = writeln!(text, "          {message}");
    }
    let _ = writeln!(
        text,
        "Queue     {} batches published, {} left",
        queue.done,
        queue.owed()
    );
    let _ = writeln!(
        text,
        "Staging   {staging} rows, {untaken} not taken by the warehouse yet; every row is whole, at any time"
    );
    let _ = writeln!(text, "Rejects   {rejects} rows");
    let _ = writeln!(
        text,
        "Crawl     newest posting {}",
        crawled.as_deref().unwrap_or("none")
    );
    if !missing.is_empty() {
        let _ = writeln!(
            text,
            "Indexes   staging is without {}: {}",
            failure::names(&missing),
            if holder.is_some() {
                "the active run creates them after its last row"
            } else {
                "jobinsight run or jobinsight retry creates them"
            }
        );
    }
    if queue.owed() > 0 && holder.is_none() {
        text.push_str("\nThe last run did not finish: jobinsight retry\n");
    }
    io::print(&text);
    Ok(0)
}
