//! Loads a whole file into a table, in one transaction.

use jobinsight_core::{EtlError, Result};
use jobinsight_sql::tables;
use serde::Serialize;
use tokio_postgres::{Client, Transaction};

use super::catalog::{self, Column, Table};
use super::error;
use super::insert::{Insert, Placed};
use super::nul::drop_nul;
use super::record::{BadLine, Record, RecordReader};

/// Records of a chunk. One statement writes them, or a few.
const CHUNK: usize = 1_000;
/// Rejects that the report shows; all of them are in the table.
const SHOWN: usize = 10;
/// Records between two calls of the progress function.
const PROGRESS: u64 = 50_000;

/// The result of an import.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportReport {
    /// Records that could be read, and lines that could not.
    pub read: u64,
    /// Records with a new key.
    pub inserted: u64,
    /// Records that changed their row.
    pub updated: u64,
    /// Records that are equal to their row.
    pub unchanged: u64,
    /// Records that a later record of the same chunk replaced. A later record of another chunk counts as updated or
    /// unchanged.
    pub superseded: u64,
    /// Lines and records that were rejected; they are in the table of rejects.
    pub rejected: u64,
    /// Characters U+0000 that were removed, because PostgreSQL cannot store them.
    pub nul_dropped: u64,
    /// Columns of the file that the table does not have.
    pub ignored_columns: Vec<String>,
    /// The first rejects.
    pub rejects: Vec<BadLine>,
}

/// The table for rejects.
#[derive(Clone, Copy, Debug)]
pub struct Rejects<'a> {
    /// The quoted schema of the table `import_rejects`.
    pub schema: &'a str,
    /// The statement that creates the table.
    pub ddl: &'a str,
    /// The statement that stores lines in it.
    pub insert: &'a str,
}

/// Loads all records of `source` into `table`, upserting by its primary key. A record that PostgreSQL refuses is stored in
/// the table of rejects. If the import itself fails, nothing is committed, neither records nor rejects.
///
/// # Errors
/// The table does not exist or has no primary key; the file lacks the key; reading stopped; PostgreSQL refused for
/// a reason that is not the fault of a record.
pub async fn load(
    client: &mut Client,
    table: &Table,
    mut source: Box<dyn RecordReader>,
    origin: &str,
    rejects: Rejects<'_>,
    on_progress: &mut (dyn FnMut(u64) + Send),
) -> Result<ImportReport> {
    let target = columns_of(client, table, origin).await?;
    let names: Vec<String> = target.iter().map(|column| column.name.clone()).collect();
    source.bind(&names);
    let (columns, ignored_columns) = match_columns(source.columns(), &target, table, origin)?;
    let json = json_columns(&columns);
    let begun = client.transaction().await;
    let mut writer = Writer {
        tx: begun.map_err(|source| error::database(origin, 0, source))?,
        insert: Insert::new(table.quoted(), columns),
        rejects,
        origin,
        line: 0,
        report: ImportReport {
            ignored_columns,
            ..ImportReport::default()
        },
    };
    let mut chunk = Vec::with_capacity(CHUNK);
    while let Some(next) = source
        .next()
        .map_err(|source| error::read(origin, writer.line, &source))?
    {
        writer.report.read += 1;
        match next {
            Ok(mut record) => {
                writer.line = record.line;
                writer.report.nul_dropped += drop_nul(&mut record, &json);
                chunk.push(record);
            }
            Err(bad) => {
                writer.line = bad.line;
                writer.reject(vec![bad]).await?;
            }
        }
        if chunk.len() == CHUNK {
            let records = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
            writer.write(records).await?;
        }
        if writer.report.read.is_multiple_of(PROGRESS) {
            on_progress(writer.report.read);
        }
    }
    if !chunk.is_empty() {
        writer.write(chunk).await?;
    }
    let mut report = writer.commit().await?;
    report.ignored_columns.extend(source.unknown());
    Ok(report)
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

/// The columns of the file that the table has, with their place in the file, and the other columns of the file.
fn match_columns(
    names: &[String],
    target: &[Column],
    table: &Table,
    origin: &str,
) -> Result<(Vec<Placed>, Vec<String>)> {
    let twice = names
        .iter()
        .enumerate()
        .find(|(index, name)| names[..*index].contains(name));
    if let Some((_, column)) = twice {
        return Err(error::duplicate_column(origin, column));
    }
    let keys = || {
        target
            .iter()
            .filter(|column| column.key)
            .map(|column| column.name.clone())
    };
    let missing: Vec<String> = keys().filter(|key| !names.contains(key)).collect();
    if !missing.is_empty() {
        let needs: Vec<String> = keys().collect();
        return Err(error::missing_key(
            origin,
            &table.quoted(),
            &missing,
            &needs,
            names,
        ));
    }
    let (mut columns, mut ignored) = (Vec::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        match target.iter().find(|column| column.name == *name) {
            Some(column) => columns.push((at, column.clone())),
            None => ignored.push(name.clone()),
        }
    }
    Ok((columns, ignored))
}

/// The places of the columns in the file whose texts are JSON.
fn json_columns(columns: &[Placed]) -> Vec<usize> {
    let json = columns
        .iter()
        .filter(|(_, column)| matches!(column.kind.as_str(), "json" | "jsonb"));
    json.map(|(at, _)| *at).collect()
}

/// Writes the records of one file to the table, and its bad lines to the table of rejects.
struct Writer<'a> {
    tx: Transaction<'a>,
    insert: Insert,
    rejects: Rejects<'a>,
    origin: &'a str,
    /// The line of the file that was read last, which an error of the server names.
    line: u64,
    report: ImportReport,
}

impl Writer<'_> {
    /// Writes a chunk, and rejects the records that PostgreSQL refuses.
    async fn write(&mut self, records: Vec<Record>) -> Result<()> {
        let written = self
            .insert
            .write(&mut self.tx, records)
            .await
            .map_err(|source| self.failed(source))?;
        self.report.inserted += written.inserted;
        self.report.updated += written.updated;
        self.report.unchanged += written.unchanged;
        self.report.superseded += written.superseded;
        self.reject(written.refused).await
    }

    /// Stores bad lines in the table of rejects, and creates the table for the first of them.
    async fn reject(&mut self, bad: Vec<BadLine>) -> Result<()> {
        if bad.is_empty() {
            return Ok(());
        }
        if self.report.rejected == 0 {
            self.create_rejects()
                .await
                .map_err(|source| self.failed(source))?;
        }
        let lines: Vec<i64> = bad.iter().map(|bad| bad.line.cast_signed()).collect();
        let reasons: Vec<&str> = bad.iter().map(|bad| bad.reason.as_str()).collect();
        let contents: Vec<&str> = bad.iter().map(|bad| bad.text.as_str()).collect();
        self.tx
            .execute(
                self.rejects.insert,
                &[&self.origin, &lines, &reasons, &contents],
            )
            .await
            .map_err(|source| self.failed(source))?;
        self.report.rejected += bad.len() as u64;
        self.report.rejects.extend(bad);
        Ok(())
    }

    async fn create_rejects(&self) -> Result<(), tokio_postgres::Error> {
        let table = format!("{}.import_rejects", self.rejects.schema);
        if !tables::exists(&self.tx, &table).await? {
            self.tx.batch_execute(self.rejects.ddl).await?;
        }
        Ok(())
    }

    /// Commits the import. The report has the first rejects of the file.
    async fn commit(self) -> Result<ImportReport> {
        let (origin, line, mut report) = (self.origin, self.line, self.report);
        self.tx
            .commit()
            .await
            .map_err(|source| error::database(origin, line, source))?;
        report.rejects.sort_by_key(|bad| bad.line);
        report.rejects.truncate(SHOWN);
        Ok(report)
    }

    fn failed(&self, source: tokio_postgres::Error) -> EtlError {
        error::database(self.origin, self.line, source)
    }
}
