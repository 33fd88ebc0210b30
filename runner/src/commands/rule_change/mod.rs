//! Computes, for `run --dry-run`, what a run would change in the published rows that other rules produced. Nothing is
//! written.
//!
//! # Steps
//! 1. One statement reads all rows of staging, a few thousand at a time, with their raw rows: `sql/report/read_published.sql`.
//! 2. The processing phases of the pipeline process the raw rows, as in a run. Several parts are in progress at a time.
//! 3. PostgreSQL parses salaries and deadlines by the functions that a run uses, and compares each column with the published
//!    row: `sql/report/compare_published.sql`.
//! 4. The names of the columns that a warehouse groups by are counted, before and after.
//!
//! All statements are in one transaction, which is read-only and sees one snapshot. The connections of the phases are read-only
//! as well.
//!
//! The comparison does not find the rows that PostgreSQL would refuse when a run writes them, for example because of a
//! constraint of others.

mod change;
mod names;
mod processing;
mod published;
mod text;

use std::collections::HashMap;
use std::pin::pin;
use std::time::Instant;

use futures_util::{TryStreamExt, stream};
use jobinsight_core::database::{self, Target};
use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, RoleKind, advice};
use jobinsight_sql::columns::{DIMENSIONS, KEY, LOADED_RESOURCES, SOURCE_HASH};
use jobinsight_sql::scripts::{
    COMPARE_PUBLISHED, COUNT_PUBLISHED, READ_PUBLISHED, SCHEMA_STAGING, STORED_PROCEDURES,
};
use jobinsight_sql::{apply, schema};
use tokio::sync::Mutex;
use tokio_postgres::{GenericClient, IsolationLevel, Statement, Transaction};

use self::change::RuleChange;
pub(super) use self::change::RuleChangeOutput;
use self::processing::Processing;
use self::published::{ProcessedTexts, PublishedRows};
use crate::{codes, ledger};

/// The rows of staging that are read together.
const ROWS: i32 = 5_000;
/// The rows after which the log shows the progress.
const PROGRESS: u64 = 50_000;

/// The command.
const COMMAND: &str = "run --dry-run";
/// The work, for errors.
const DOING: &str = "comparing the published rows";

/// The comparison of the published rows, for people and for programs.
#[derive(Default)]
pub(super) struct Comparison {
    /// Empty if no published row is processed again.
    pub(super) text: String,
    /// `None` if no published row is processed again.
    pub(super) output: Option<RuleChangeOutput>,
}

impl Comparison {
    /// The rows cannot be compared, for this reason.
    fn impossible(why: &str) -> Self {
        Self {
            text: format!("The published rows were not compared with these rules: {why}\n"),
            output: Some(RuleChangeOutput::NotCompared {
                not_compared: why.to_owned(),
            }),
        }
    }
}

/// Compares the published rows that a run of the pipeline processes again. `rules` is the name of its rules, and `seen` is a
/// transaction whose exported snapshot the comparison sees. It ends as soon as it has shared the snapshot, because the server ends a
/// connection that is idle in a transaction.
///
/// # Errors
/// A database error; the error of a phase.
pub(super) async fn compare(
    target: &Target,
    loaded: &Loaded,
    pipeline: &[&'static PhaseSpec],
    rules: &str,
    (seen, snapshot): (Transaction<'_>, &str),
) -> Result<Comparison> {
    let Some(rule_set) = pipeline.iter().find_map(|spec| spec.rule_set) else {
        return Ok(Comparison::default());
    };
    let rule_set = rule_set(loaded, rules)?;
    let settings = &loaded.settings;
    let control = database::connect_for(target, COMMAND, settings).await?;
    // A pooler in transaction mode could give the connections, which are read-only, to another client.
    if let Err(error) = database::refuse_transaction_pooling(target, &control).await {
        return Ok(Comparison::impossible(&error.to_string()));
    }
    drop(control);
    let pool = database::read_only_pool(target, settings, COMMAND).await?;
    let mut client = database::client(&pool).await?;
    if !ledger::exists(&client, &settings.staging_schema()).await? {
        return Ok(Comparison::default());
    }
    if let Some(why) = obstacle(&**client, loaded, pipeline).await? {
        return Ok(Comparison::impossible(&why));
    }
    let fail = |error| EtlError::database(error, DOING);
    let transaction = client.build_transaction().read_only(true);
    let transaction = transaction.isolation_level(IsolationLevel::RepeatableRead);
    let tx = transaction.start().await.map_err(fail)?;
    // This fails if a pooler or several hosts lead the connections to different servers.
    let share = format!("SET TRANSACTION SNAPSHOT {snapshot}");
    if let Err(error) = tx.batch_execute(&share).await {
        let error = EtlError::database(error, "sharing a snapshot");
        return Ok(Comparison::impossible(&format!(
            "the connections do not see the same rows: {error}"
        )));
    }
    seen.rollback().await.map_err(fail)?;
    let count = COUNT_PUBLISHED.render(settings);
    let total = tx
        .query_one(count.sql(), &[&rule_set, &settings.only_unprocessed])
        .await
        .map_err(|error| count.error(error, "counting the published rows"))?;
    let total = total.get::<_, i64>(0).cast_unsigned();
    if total == 0 {
        return Ok(Comparison::default());
    }
    let processing = Processing::new(loaded, pipeline, &pool, rules)?;
    let change = compare_rows(&tx, loaded, &processing, rule_set, total).await?;
    tx.rollback().await.map_err(fail)?;
    Ok(Comparison {
        text: text::text(&change),
        output: Some(change.output()),
    })
}

/// Exports the snapshot of a transaction, as a literal. PostgreSQL refuses this after a savepoint.
///
/// # Errors
/// A database error.
pub(super) async fn export_snapshot(tx: &Transaction<'_>) -> Result<String> {
    tx.query_one("SELECT quote_literal(pg_export_snapshot())", &[])
        .await
        .map(|row| row.get(0))
        .map_err(|error| EtlError::database(error, "exporting a snapshot"))
}

/// Why the rows cannot be compared.
async fn obstacle(
    client: &impl GenericClient,
    loaded: &Loaded,
    pipeline: &[&'static PhaseSpec],
) -> Result<Option<String>> {
    let mut loading = pipeline.iter().filter(|spec| spec.role == RoleKind::Load);
    let is_unknown = |spec: &&&PhaseSpec| {
        let mut gives = spec.gives.iter();
        gives.any(|resource| !LOADED_RESOURCES.contains(resource))
    };
    if let Some(spec) = loading.find(is_unknown) {
        return Ok(Some(format!(
            "the loading phase {} produces columns that only a run can load",
            spec.name
        )));
    }
    schema::refuse_newer(client, &loaded.settings).await?;
    let scripts = [SCHEMA_STAGING, STORED_PROCEDURES];
    let changed = apply::changed(client, &loaded.settings, &scripts).await?;
    let is_old = schema::version(client, &loaded.settings).await? < schema::VERSION;
    Ok((is_old || !changed.is_empty()).then(|| {
        format!(
            "the staging schema does not have the SQL functions of this program yet; to upgrade it without writing a row of staging: {}",
            advice::command("run --only schema_setup")
        )
    }))
}

/// Reads, processes and compares all rows.
async fn compare_rows(
    tx: &Transaction<'_>,
    loaded: &Loaded,
    processing: &Processing,
    rule_set: String,
    total: u64,
) -> Result<RuleChange> {
    let settings = &loaded.settings;
    tx.batch_execute("SET LOCAL work_mem = '64MB'")
        .await
        .map_err(|error| EtlError::database(error, DOING))?;
    let has_source_hash = processing.needs(SOURCE_HASH);
    let read = READ_PUBLISHED.render_with(settings, &[("has_source_hash", has_source_hash.into())]);
    let unreadable = |error| read.error(error, "reading the published rows");
    let portal = tx
        .bind(read.sql(), &[&rule_set, &settings.only_unprocessed])
        .await
        .map_err(unreadable)?;
    let compare = COMPARE_PUBLISHED.render(settings);
    let incomparable = |error| compare.error(error, DOING);
    let statement = tx.prepare(compare.sql()).await.map_err(incomparable)?;
    let mut change = RuleChange {
        rule_set: rule_set.clone(),
        columns: columns(&statement),
        ..RuleChange::default()
    };
    // One statement at a time: the error of a statement would otherwise be hidden by that of the next one.
    let turn = &Mutex::new(());
    let parts = stream::try_unfold((), |()| async {
        let _turn = turn.lock().await;
        let begun = Instant::now();
        let rows = tx.query_portal(&portal, ROWS).await;
        let rows = rows.map_err(|error| timed(unreadable(error), begun, loaded))?;
        Ok((!rows.is_empty()).then_some((rows, ())))
    });
    let (statement, rule_set) = (&statement, &rule_set);
    let lanes = usize::try_from(settings.max_workers).unwrap_or(1);
    // The loop below awaits nothing but this stream. A statement outside the stream would wait behind the answer to the next
    // read, which only the stream consumes.
    let mut compared = pin!(
        parts
            .map_ok(|rows| async move {
                let published = PublishedRows::of(&rows, has_source_hash)?;
                let batch = processing.process(published.batch.clone()).await?;
                let (texts, rules) = (ProcessedTexts::of(&batch)?.to_json(), settings.rules.name());
                let _turn = turn.lock().await;
                let begun = Instant::now();
                let counts = tx
                    .query_one(statement, &[&texts, rule_set, &rules])
                    .await
                    .map_err(|error| timed(incomparable(error), begun, loaded))?;
                Ok((published, batch, counts))
            })
            .try_buffer_unordered(lanes.max(1))
    );
    let mut shown = PROGRESS;
    while let Some((published, batch, counts)) = compared.try_next().await? {
        count_names(&mut change, &published, &ProcessedTexts::of(&batch)?);
        change.add(&batch, &published, &counts)?;
        let done = change.rows();
        if done >= shown {
            tracing::info!("{done} of {} compared", counted(total, "published row"));
            shown = done + PROGRESS;
        }
    }
    // The fingerprint is not a value that readers see.
    change.columns.retain(|(name, _)| name != SOURCE_HASH);
    Ok(change)
}

/// The error of a statement. PostgreSQL has the same SQLSTATE for a cancelled statement and for one that took too long.
fn timed(error: EtlError, begun: Instant, loaded: &Loaded) -> EtlError {
    let limit = loaded.settings.statement_limit();
    if error.code() != codes::DATABASE_CANCELLED || begun.elapsed().as_secs() < limit {
        return error;
    }
    error
        .with_code(codes::DATABASE_STATEMENT_TIMEOUT)
        .and(&format!("the limit is {limit} s"))
        .help(format!(
            "raise ETL_STATEMENT_TIMEOUT; then: {}",
            advice::command(COMMAND)
        ))
}

/// The columns that the statement counts, from the fourth column of its result on.
fn columns(statement: &Statement) -> Vec<(String, u64)> {
    let names = statement.columns().iter().skip(3);
    names.map(|column| (column.name().to_owned(), 0)).collect()
}

/// Counts the names of these rows. A row that was rejected has none after the change.
fn count_names(change: &mut RuleChange, published: &PublishedRows, texts: &ProcessedTexts<'_>) {
    let places: HashMap<&str, usize> = texts
        .column(KEY)
        .enumerate()
        .filter_map(|(row, key)| Some((key?, row)))
        .collect();
    for (index, (column, names)) in DIMENSIONS.into_iter().zip(&mut change.names).enumerate() {
        let after: Vec<Option<&str>> = texts.column(column).collect();
        for row in &published.stay {
            names.count(row[index].as_deref(), row[index].as_deref());
        }
        for (key, row) in &published.processed {
            match places.get(key.as_str()) {
                Some(place) => names.count(row[index].as_deref(), after[*place]),
                None => names.count_removed(row[index].as_deref()),
            }
        }
    }
}
