//! Loads a whole file into a table, in one transaction.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jobinsight_core::{EtlError, Result};
use jobinsight_sql::tables;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::mpsc::Receiver;
use tokio_postgres::{Client, Transaction};

use super::catalog::{self, Column, Table};
use super::cells::Cells;
use super::error;
use super::gate::{Gate, Rejected};
use super::insert::Insert;
use super::names::match_columns;
use super::reading::{self, FileEnd, Part};
use super::record::{BadLine, Line, RecordReader};
use super::rejects::{Rejects, Store};
use crate::codes;

/// Rejects that the report shows; all of them are in the table.
const SHOWN: usize = 10;
/// Time after which a transaction that waits for the file executes a statement. The sessions of this program end after a
/// minute without a statement in a transaction, and a role may have a shorter limit.
const AWAKE: Duration = Duration::from_secs(5);

/// The settings of an import.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many records may be rejected.
    pub gate: Gate,
    /// The statement timeout of the session.
    pub statement: Duration,
    /// The time zone of dates and times without an offset.
    pub time_zone: TimeZone,
    /// The triggers of others on the table.
    pub triggers: Vec<String>,
}

/// The result of an import.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ImportReport {
    /// Records that could be read, and lines that could not.
    pub read: u64,
    /// Records with a new key.
    pub inserted: u64,
    /// Records that changed their row.
    pub updated: u64,
    /// Records that are equal to their row.
    pub unchanged: u64,
    /// Records that a trigger of the table dropped.
    pub dropped: u64,
    /// The triggers of the table, if one of them dropped a record.
    pub triggers: Vec<String>,
    /// Lines and records that were rejected; they are in the table of rejects.
    pub rejected: u64,
    /// Lines that are not records by the rules of their format: the action lines of Elasticsearch's bulk format.
    pub skipped: u64,
    /// Characters U+0000 that were removed, because PostgreSQL cannot store them.
    pub nul_dropped: u64,
    /// Words for a missing value, such as `NaN`, that became NULL.
    pub missing_words: u64,
    /// Columns of the file that the table does not have.
    pub ignored_columns: Vec<String>,
    /// The first rejected lines and records.
    pub rejects: Vec<BadLine>,
}

/// Loads all records of `source` into `table`, upserting by its primary key. A record that PostgreSQL refuses is stored in
/// the table of rejects. If the import itself fails, or if the gate stops it, nothing is committed, neither records nor
/// rejects. `on_progress` receives the number of records after each chunk.
///
/// # Errors
/// The table does not exist or has no primary key; the file lacks the key; reading stopped; too many records were
/// rejected; PostgreSQL refused for a reason that is not the fault of a record.
pub async fn load(
    client: &mut Client,
    table: &Table,
    mut source: Box<dyn RecordReader>,
    origin: &str,
    rejects: Rejects<'_>,
    options: Options,
    on_progress: &mut (dyn FnMut(u64) + Send),
) -> Result<ImportReport> {
    let failed = |problem| error::database(origin, 0, problem);
    let target = columns_of(client, table, origin).await?;
    let names: Vec<String> = target.iter().map(|column| column.name.clone()).collect();
    source.bind(&names);
    let (columns, ignored_columns) = match_columns(source.columns(), &target, table, origin)?;
    source.select(&columns.iter().map(|(at, _)| *at).collect::<Vec<_>>());
    let is_here = |name: &str| columns.iter().any(|(_, column)| column.name == name);
    let is_split = target
        .iter()
        .any(|column| column.required && !column.has_default && !is_here(&column.name))
        || tables::is_partitioned(client, &table.quoted())
            .await
            .map_err(failed)?;
    let mut parts = reading::start(source).map_err(|problem| error::read(origin, 0, &problem))?;
    // The transaction begins after the first part was read, because a pipe may be silent for long.
    let mut part = parts.recv().await;
    let tx = client.transaction().await.map_err(failed)?;
    // A deferred constraint would otherwise refuse the COMMIT, and nobody would know which record caused it.
    tx.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")
        .await
        .map_err(failed)?;
    let mut writer = Writer {
        tx,
        insert: Insert::new(
            table.quoted(),
            is_split,
            target
                .iter()
                .all(|column| column.key == column.in_primary_key),
            !options.triggers.is_empty(),
            columns.clone(),
        ),
        cells: Cells::new(columns, options.time_zone.clone()),
        store: Store::new(rejects),
        rejected: Rejected::default(),
        origin,
        options,
        line: 0,
        report: ImportReport {
            ignored_columns,
            ..ImportReport::default()
        },
    };
    loop {
        match part {
            Some(Part::Chunk(lines)) => writer.write(lines).await?,
            Some(Part::End(ended)) => return writer.commit(ended).await,
            Some(Part::Failed(line, problem)) => return Err(error::read(origin, line, &problem)),
            // The thread ended without a last part, so it panicked.
            None => {
                return Err(error::read(
                    origin,
                    writer.line,
                    &std::io::ErrorKind::Other.into(),
                ));
            }
        }
        on_progress(writer.report.read);
        part = writer.next(&mut parts).await?;
    }
}

/// The columns of the table, which must exist and have a primary key.
async fn columns_of(client: &Client, table: &Table, origin: &str) -> Result<Vec<Column>> {
    let columns = catalog::columns(client, table)
        .await
        .map_err(|source| error::database(origin, 0, source))?;
    if columns.is_empty() {
        return Err(error::missing_table(&table.quoted()));
    }
    if !columns.iter().any(|column| column.key) {
        return Err(error::no_primary_key(&table.quoted()));
    }
    Ok(columns)
}

/// Writes the records of one file to the table, and its bad lines to the table of rejects.
struct Writer<'a> {
    tx: Transaction<'a>,
    insert: Insert,
    cells: Cells,
    store: Store<'a>,
    rejected: Rejected,
    origin: &'a str,
    options: Options,
    /// The line of the file that was read last, which an error of the server names.
    line: u64,
    report: ImportReport,
}

impl Writer<'_> {
    /// The next part of the file. The transaction stays awake while the file is silent.
    async fn next(&mut self, parts: &mut Receiver<Part>) -> Result<Option<Part>> {
        loop {
            if let Ok(part) = tokio::time::timeout(AWAKE, parts.recv()).await {
                return Ok(part);
            }
            let alive = self.tx.batch_execute("SELECT 1").await;
            alive.map_err(|source| error::database(self.origin, self.line, source))?;
        }
    }

    /// Writes a chunk, and rejects its bad lines and the records that PostgreSQL refuses.
    async fn write(&mut self, lines: Vec<Line>) -> Result<()> {
        self.report.read += lines.len() as u64;
        let (mut records, mut bad) = (Vec::with_capacity(lines.len()), Vec::new());
        for line in lines {
            let checked = line.and_then(|record| self.cells.check(record));
            self.line = match &checked {
                Ok(record) => record.line,
                Err(bad) => bad.line,
            };
            match checked {
                Ok(record) => records.push(record),
                Err(line) => bad.push(line),
            }
        }
        let begun = Instant::now();
        let written = self
            .insert
            .write(&mut self.tx, records)
            .await
            .map_err(|source| self.failed(source, begun))?;
        self.report.inserted += written.inserted;
        self.report.updated += written.updated;
        self.report.unchanged += written.unchanged;
        self.report.dropped += written.dropped;
        bad.extend(written.refused);
        if bad.is_empty() {
            return Ok(());
        }
        bad.sort_by_key(|bad| bad.line);
        self.store
            .write(&self.tx, self.origin, &bad)
            .await
            .map_err(|source| self.failed(source, begun))?;
        for line in bad {
            self.rejected.add(&line);
            if self.report.rejects.len() < SHOWN {
                self.report.rejects.push(line);
            }
        }
        Ok(())
    }

    /// Commits the import if the gate lets it pass.
    async fn commit(self, ended: FileEnd) -> Result<ImportReport> {
        let (origin, line, mut report) = (self.origin, self.line, self.report);
        self.options
            .gate
            .pass(origin, report.read, &self.rejected)?;
        self.tx
            .commit()
            .await
            .map_err(|source| error::database(origin, line, source))?;
        report.rejected = self.rejected.count;
        if report.dropped > 0 {
            report.triggers = self.options.triggers;
        }
        report.skipped = ended.skipped;
        report.nul_dropped = self.cells.changed.nul_dropped;
        report.missing_words = self.cells.changed.missing_words;
        report.ignored_columns.extend(ended.unknown);
        Ok(report)
    }

    fn failed(&self, source: tokio_postgres::Error, begun: Instant) -> EtlError {
        let error = error::database(self.origin, self.line, source);
        if error.code() != codes::DATABASE_CANCELLED || begun.elapsed() < self.options.statement {
            return error;
        }
        let seconds = self.options.statement.as_secs();
        error
            .with_code(codes::DATABASE_STATEMENT_TIMEOUT)
            .help(format!(
                "a statement may take {seconds} s; raise ETL_STATEMENT_TIMEOUT, and import the file again"
            ))
    }
}
