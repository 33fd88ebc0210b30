//! Loads a whole file into a table, in one transaction.

use jobinsight_core::Result;
use serde::Serialize;
use tokio_postgres::{Client, Transaction};

use super::catalog::{self, Column, Table};
use super::error;
use super::insert::{Insert, Placed};
use super::record::{BadLine, Record, RecordReader};

/// Records per statement.
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
    /// Records that a later one of the same file replaced.
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

/// Loads all records of `source` into `table`, upserting by its primary key. Either all records are committed, or none.
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
    let failed = |line: u64| move |source| error::database(origin, line, source);
    let target = catalog::columns(client, table).await.map_err(failed(0))?;
    if target.is_empty() {
        return Err(error::missing_table(&table.quoted()));
    }
    if !target.iter().any(|column| column.key) {
        return Err(error::no_primary_key(&table.quoted()));
    }
    source.bind(
        &target
            .iter()
            .map(|column| column.name.clone())
            .collect::<Vec<_>>(),
    );
    let (columns, ignored_columns) = match_columns(source.columns(), &target, table, origin)?;
    let mut report = ImportReport {
        ignored_columns,
        ..ImportReport::default()
    };
    let json: Vec<usize> = columns
        .iter()
        .filter(|(_, column)| matches!(column.kind.as_str(), "json" | "jsonb"))
        .map(|(at, _)| *at)
        .collect();
    let mut insert = Insert::new(table.quoted(), columns);
    let mut tx = client.transaction().await.map_err(failed(0))?;
    let mut line = 0;
    let mut chunk = Vec::with_capacity(CHUNK);
    loop {
        let next = source
            .next()
            .map_err(|source| error::read(origin, line, &source))?;
        let done = next.is_none();
        report.read += u64::from(!done);
        match next {
            Some(Ok(mut record)) => {
                line = record.line;
                report.nul_dropped += drop_nul(&mut record, &json);
                chunk.push(record);
            }
            Some(Err(bad)) => {
                line = bad.line;
                reject(&tx, rejects, origin, vec![bad], &mut report)
                    .await
                    .map_err(failed(line))?;
            }
            None => {}
        }
        if chunk.len() == CHUNK || (done && !chunk.is_empty()) {
            let records = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
            let written = insert.write(&mut tx, records).await.map_err(failed(line))?;
            report.inserted += written.inserted;
            report.updated += written.updated;
            report.unchanged += written.unchanged;
            report.superseded += written.superseded;
            reject(&tx, rejects, origin, written.refused, &mut report)
                .await
                .map_err(failed(line))?;
        }
        if done {
            break;
        }
        if report.read.is_multiple_of(PROGRESS) {
            on_progress(report.read);
        }
    }
    tx.commit().await.map_err(failed(line))?;
    report.ignored_columns.extend(source.unknown());
    report.rejects.sort_by_key(|bad| bad.line);
    report.rejects.truncate(SHOWN);
    Ok(report)
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

/// Removes U+0000, because PostgreSQL cannot store it. In the columns `json`, this includes the escape of JSON for it.
fn drop_nul(record: &mut Record, json: &[usize]) -> u64 {
    let mut dropped = 0;
    for (at, value) in record.values.iter_mut().enumerate() {
        let Some(value) = value else { continue };
        let characters = value.matches('\0').count();
        if characters > 0 {
            *value = value.replace('\0', "");
        }
        dropped += characters as u64;
        if json.contains(&at) && value.contains(ESCAPED_NUL) {
            dropped += drop_escaped_nul(value);
        }
    }
    dropped
}

const ESCAPED_NUL: &str = "\\u0000";

/// Removes the escape of U+0000. An escaped backslash does not begin an escape: `\\\\u0000` is a backslash and five
/// characters.
fn drop_escaped_nul(json: &mut String) -> u64 {
    let (mut kept, mut dropped) = (String::with_capacity(json.len()), 0);
    let mut rest = json.as_str();
    while let Some(at) = rest.find('\\') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix(ESCAPED_NUL) {
            dropped += 1;
            rest = after;
        } else {
            let escape = rest.chars().take(2).map(char::len_utf8).sum();
            kept.push_str(&rest[..escape]);
            rest = &rest[escape..];
        }
    }
    kept.push_str(rest);
    *json = kept;
    dropped
}

async fn reject(
    tx: &Transaction<'_>,
    rejects: Rejects<'_>,
    origin: &str,
    bad: Vec<BadLine>,
    report: &mut ImportReport,
) -> Result<(), tokio_postgres::Error> {
    if bad.is_empty() {
        return Ok(());
    }
    let table = format!("{}.import_rejects", rejects.schema);
    if report.rejected == 0 {
        let exists: bool = tx
            .query_one("SELECT to_regclass($1) IS NOT NULL", &[&table])
            .await?
            .get(0);
        if !exists {
            tx.batch_execute(rejects.ddl).await?;
        }
    }
    let lines: Vec<i64> = bad.iter().map(|bad| bad.line.cast_signed()).collect();
    let reasons: Vec<&str> = bad.iter().map(|bad| bad.reason.as_str()).collect();
    let contents: Vec<&str> = bad.iter().map(|bad| bad.text.as_str()).collect();
    tx.execute(rejects.insert, &[&origin, &lines, &reasons, &contents])
        .await?;
    report.rejected += bad.len() as u64;
    report.rejects.extend(bad);
    Ok(())
}
