//! Applies what is pending without making readers of staging wait.
//!
//! An upgrade needs an exclusive lock on `staging_jobs` for a moment. While a session waits for such a lock, every new reader
//! waits behind it. So a try waits for [`PATIENCE`] only, and the next try begins after [`PAUSE`]. Readers that came meanwhile go
//! first. The upgrade gives up after the setting `lock_timeout`.

use std::time::{Duration, Instant};

use jobinsight_core::{
    EtlError, PhaseContext, Result, Settings, advice, codes, database, failpoints,
};
use jobinsight_sql::narrow::NarrowColumn;
use jobinsight_sql::schema::{Pending, VERSION};
use jobinsight_sql::scripts::{ANALYZE_WIDENED, CREATE_INDEXES, MARK_CUT_ROWS};

/// The longest time that a reader waits behind an upgrade.
const PATIENCE: Duration = Duration::from_millis(500);
/// The time between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Citus changes a function only if it changed the parts of a table before one by one. The setting exists only there.
const ONE_BY_ONE: &str = "SELECT set_config('citus.multi_shard_modify_mode', 'sequential', true) WHERE current_setting('citus.multi_shard_modify_mode', true) IS NOT NULL";

/// Applies the scripts and the upgrades in one short transaction, and then creates the indexes.
pub(crate) async fn apply(
    cx: &PhaseContext<'_>,
    client: &mut database::Client<'_>,
    pending: &Pending,
) -> Result<()> {
    if is_upgrade(pending) {
        tracing::info!(
            "upgrading the staging schema from version {} to version {VERSION}: this needs an exclusive lock on staging_jobs for a moment, and waits for it at most {} ms at a time, so that readers continue",
            pending.from,
            PATIENCE.as_millis()
        );
    }
    // A schema of an older version has no cut text. The rows are marked before the columns change, so a crash in between loses no
    // mark.
    if pending.widens() && pending.from == VERSION {
        let mark = MARK_CUT_ROWS.render(cx.settings());
        client
            .execute(mark.sql(), &[])
            .await
            .map_err(|error| mark.error(error, "marking the rows with a text that was cut"))?;
    }
    let begun = Instant::now();
    let limit = Duration::from_secs(cx.settings().lock_timeout);
    loop {
        match try_once(cx.settings(), client, pending).await {
            Err(error)
                if error.code() == codes::DATABASE_LOCK_TIMEOUT && begun.elapsed() < limit =>
            {
                tracing::info!(
                    "another session has a lock on the staging schema: trying again for at most {} s",
                    limit.saturating_sub(begun.elapsed()).as_secs()
                );
                tokio::time::sleep(PAUSE).await;
            }
            other => break other?,
        }
    }
    // Creating an index lets readers continue, and takes long for a large table.
    let indexes = CREATE_INDEXES.render(cx.settings());
    indexes
        .apply(&***client, "creating the indexes of staging")
        .await?;
    if pending.widens() {
        let analyze = ANALYZE_WIDENED.render(cx.settings());
        client
            .batch_execute(analyze.sql())
            .await
            .map_err(|error| analyze.error(error, "analyzing staging"))?;
    }
    Ok(())
}

async fn try_once(
    settings: &Settings,
    client: &mut database::Client<'_>,
    pending: &Pending,
) -> Result<()> {
    let fail = |error| EtlError::database(error, "preparing the schema");
    let tx = database::begin(client).await?;
    let limit = format!(
        "SET LOCAL lock_timeout = {}; {ONE_BY_ONE}",
        PATIENCE.as_millis()
    );
    tx.batch_execute(&limit).await.map_err(fail)?;
    pending.apply(&tx, settings).await?;
    failpoints::point(failpoints::SCHEMA_SETUP_BEFORE_COMMIT);
    tx.commit().await.map_err(fail)
}

/// Whether rows of an older schema exist.
fn is_upgrade(pending: &Pending) -> bool {
    pending.widens() || (pending.from > 0 && pending.from < VERSION)
}

/// The notes of the run about the schema.
pub(crate) fn notes(pending: &Pending) -> Vec<String> {
    let mut notes = Vec::new();
    if pending.from > 0 && pending.from < VERSION {
        notes.push(format!(
            "the staging schema was upgraded from version {} to version {VERSION}; do not run a program of an older version on it any more",
            pending.from
        ));
    }
    notes.extend(narrow_note(&pending.left_narrow().collect::<Vec<_>>()));
    notes
}

/// Says which columns are not TEXT, why, and what to type; `None` if there are none.
pub(crate) fn narrow_note(columns: &[&NarrowColumn]) -> Option<String> {
    let names: Vec<String> = columns
        .iter()
        .map(|column| format!("staging_jobs.{}", column.name))
        .collect();
    if names.is_empty() {
        return None;
    }
    let begin = format!(
        "{} {} not TEXT yet, so a longer text is cut, with a warning",
        names.join(" and "),
        if names.len() == 1 { "is" } else { "are" }
    );
    if columns.iter().any(|column| !column.ours) {
        return Some(format!(
            "{begin}: another role owns the table, so let that role run once: {}",
            advice::command("run")
        ));
    }
    let all = |list: fn(&NarrowColumn) -> Option<&Vec<String>>| {
        let mut all: Vec<&str> = Vec::new();
        for text in columns.iter().copied().filter_map(list).flatten() {
            if !all.contains(&text.as_str()) {
                all.push(text);
            }
        }
        all
    };
    let users = all(|column| Some(&column.users)).join(", ");
    let them = if names.len() == 1 { "it" } else { "them" };
    let run = advice::command("run");
    if columns.iter().any(|column| column.views.is_none()) {
        return Some(format!(
            "{begin}: these objects use {them}: {users}; drop them, then type: {run}; then create them again"
        ));
    }
    let tables: Vec<String> = all(|column| column.views.as_ref())
        .iter()
        .map(|view| format!("--table='{view}'"))
        .collect();
    Some(format!(
        "{begin}: these objects use {them}: {users}; type: pg_dump {} \"$DATABASE_URL\" > views.sql; psql \"$DATABASE_URL\" -c '{}'; {run}; psql \"$DATABASE_URL\" -f views.sql",
        tables.join(" "),
        all(|column| column.drops.as_ref()).join("; ")
    ))
}
