//! Writes records to the table, one chunk at a time. If PostgreSQL refuses a chunk, halving it finds the bad records.

use std::collections::{BTreeMap, HashMap};

use jobinsight_core::is_raised_by_user;
use jobinsight_core::settings::quote;
use serde_json::{Map, Value};
use tokio_postgres::{Error, Transaction};

use super::catalog::{Column, Placed};
use super::partial::{self, cast, comparable};
use super::record::{BadLine, Record};
use super::rounds::rounds;

/// The result of writing a chunk.
#[derive(Debug, Default)]
pub(super) struct Inserted {
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    /// Records that a trigger of others dropped.
    pub(super) dropped: u64,
    pub(super) refused: Vec<BadLine>,
}

/// The statements for one file, which match its columns with the columns of the table.
pub(super) struct Insert {
    table: String,
    /// Whether records are written by an update and an insert, and not by an upsert. A table with partitions needs it, because
    /// PostgreSQL does not say which rows of an upsert are new. A file without a column that must have a value needs it, because
    /// such a file can only update existing rows.
    is_split: bool,
    /// Whether PostgreSQL refuses a second row with the key by which an existing row is found.
    is_key_unique: bool,
    /// Whether the table has triggers of others. Such a trigger may drop a record without an error.
    has_triggers: bool,
    columns: Vec<Placed>,
    statements: HashMap<Vec<usize>, String>,
    /// The number of unchanged records that the statements of this file have counted.
    unchanged: u64,
}

impl Insert {
    pub(super) fn new(
        table: String,
        is_split: bool,
        is_key_unique: bool,
        has_triggers: bool,
        columns: Vec<Placed>,
    ) -> Self {
        Self {
            table,
            is_split,
            is_key_unique,
            has_triggers,
            columns,
            statements: HashMap::new(),
            unchanged: 0,
        }
    }

    /// Writes a chunk. Records with one key are written one after the other, so the result does not depend on their
    /// distance in the file.
    pub(super) async fn write(
        &mut self,
        tx: &mut Transaction<'_>,
        records: Vec<Record>,
    ) -> Result<Inserted, Error> {
        let mut result = Inserted::default();
        for round in rounds(&records, &self.keys()) {
            // A record that does not mention a column must not change it, so it needs a statement without this column.
            let mut groups = BTreeMap::<&Vec<usize>, Vec<&Record>>::new();
            for record in round {
                groups.entry(&record.absent).or_default().push(record);
            }
            for (absent, group) in groups {
                self.write_group(tx, absent, &group, &mut result).await?;
            }
        }
        Ok(result)
    }

    /// The places of the columns of the primary key in the file.
    fn keys(&self) -> Vec<usize> {
        let keys = self.columns.iter().filter(|(_, column)| column.key);
        keys.map(|(at, _)| *at).collect()
    }

    /// Writes records that mention the same columns, and halves a range that PostgreSQL refuses until the refused record
    /// is alone.
    async fn write_group(
        &mut self,
        tx: &mut Transaction<'_>,
        absent: &Vec<usize>,
        group: &[&Record],
        result: &mut Inserted,
    ) -> Result<(), Error> {
        let statement = self.statement(absent).to_owned();
        let mut ranges = vec![group];
        while let Some(range) = ranges.pop() {
            let savepoint = tx.transaction().await?;
            match savepoint
                .query(&statement, &[&self.json(absent, range)])
                .await
            {
                Ok(rows) => {
                    let mut unchanged = (range.len() - rows.len()) as u64;
                    if self.has_triggers && unchanged > 0 {
                        let written = rows.len() as u64;
                        let dropped = self
                            .count_dropped(&savepoint, absent, range, written)
                            .await?;
                        result.dropped += dropped;
                        unchanged = unchanged.saturating_sub(dropped);
                    }
                    savepoint.commit().await?;
                    let inserted = rows.iter().filter(|row| row.get::<_, bool>(0)).count() as u64;
                    result.inserted += inserted;
                    result.updated += rows.len() as u64 - inserted;
                    result.unchanged += unchanged;
                }
                Err(error) if is_data(&error) => {
                    savepoint.rollback().await?;
                    if let [record] = range {
                        let reason = error
                            .as_db_error()
                            .map_or_else(|| error.to_string(), |db| db.message().to_owned());
                        result.refused.push(self.refuse(record, reason));
                    } else {
                        let (first, second) = range.split_at(range.len() / 2);
                        ranges.push(second);
                        ranges.push(first);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Counts the records that a trigger dropped: they are neither written nor unchanged.
    async fn count_dropped(
        &mut self,
        tx: &Transaction<'_>,
        absent: &[usize],
        records: &[&Record],
        written: u64,
    ) -> Result<u64, Error> {
        let (keys, others): (Vec<_>, Vec<_>) =
            self.present(absent).partition(|(_, column)| column.key);
        if others.is_empty() {
            let statement = partial::count_missing(&self.table, &keys);
            let row = tx
                .query_one(&statement, &[&self.json(absent, records)])
                .await?;
            return Ok(row.get::<_, i64>(0).cast_unsigned());
        }
        let row = tx
            .query_one(&format!("SELECT {}", partial::UNCHANGED), &[])
            .await?;
        let unchanged = row.get::<_, i64>(0).cast_unsigned();
        let before = std::mem::replace(&mut self.unchanged, unchanged);
        Ok((records.len() as u64).saturating_sub(written + unchanged.saturating_sub(before)))
    }

    fn present<'a>(&'a self, absent: &'a [usize]) -> impl Iterator<Item = &'a Placed> {
        self.columns.iter().filter(|(at, _)| !absent.contains(at))
    }

    fn json(&self, absent: &[usize], records: &[&Record]) -> Value {
        let object = |record: &Record| {
            let fields = self
                .present(absent)
                .map(|(at, _)| (format!("c{at}"), record.values[*at].clone().into()));
            Value::Object(fields.collect::<Map<_, _>>())
        };
        Value::Array(records.iter().map(|record| object(record)).collect())
    }

    fn statement(&mut self, absent: &Vec<usize>) -> &str {
        if !self.statements.contains_key(absent) {
            let statement = if absent.is_empty() && !self.is_split {
                self.build(absent)
            } else {
                let columns: Vec<_> = self.present(absent).collect();
                partial::statement(&self.table, &columns, self.is_key_unique, self.has_triggers)
            };
            self.statements.insert(absent.clone(), statement);
        }
        &self.statements[absent]
    }

    fn build(&self, absent: &[usize]) -> String {
        let list = |each: &dyn Fn(usize, &Column) -> String| {
            self.present(absent)
                .map(|(at, column)| each(*at, column))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let others = |each: &dyn Fn(&Column) -> String| {
            let others = self.present(absent).filter(|(_, column)| !column.key);
            others
                .map(|(_, column)| each(column))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let keys: Vec<String> = self
            .columns
            .iter()
            .filter(|(_, column)| column.key)
            .map(|(_, column)| quote(&column.name))
            .collect();
        let conflict = if self.present(absent).any(|(_, column)| !column.key) {
            let differs = format!(
                "ROW({}) IS DISTINCT FROM ROW({})",
                others(&|column| comparable("t", column)),
                others(&|column| comparable("EXCLUDED", column)),
            );
            format!(
                "DO UPDATE SET {} WHERE {}",
                others(&|column| format!("{0} = EXCLUDED.{0}", quote(&column.name))),
                partial::condition(differs, self.has_triggers),
            )
        } else {
            "DO NOTHING".to_owned()
        };
        format!(
            "INSERT INTO {table} AS t ({names}) SELECT {casts} FROM json_to_recordset($1) AS x({fields})
             ON CONFLICT ({keys}) {conflict} RETURNING (xmax = 0)",
            table = self.table,
            names = list(&|_, column| quote(&column.name)),
            casts = self.present(absent).map(cast).collect::<Vec<_>>().join(", "),
            fields = list(&|at, _| format!("c{at} text")),
            keys = keys.join(", "),
        )
    }

    fn refuse(&self, record: &Record, reason: String) -> BadLine {
        BadLine::new(record.line, &content(record, &self.columns), reason)
    }
}

/// The values of a record as JSON, for the table of rejects.
pub(super) fn content(record: &Record, columns: &[Placed]) -> String {
    let fields = columns
        .iter()
        .filter_map(|(at, column)| Some((column.name.clone(), record.values[*at].clone()?.into())));
    Value::Object(fields.collect::<Map<_, _>>()).to_string()
}

/// Whether the data of a record is the cause of an error: classes 22 and 23, a limit such as the longest value of an index
/// (54), or a trigger of others raised it. Class 21 counts, too: a chunk has two spellings of one key, and halving separates
/// them.
fn is_data(error: &Error) -> bool {
    is_raised_by_user(error)
        || error.code().is_some_and(|state| {
            ["21", "22", "23", "54"]
                .iter()
                .any(|class| state.code().starts_with(class))
        })
}
