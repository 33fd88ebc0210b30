//! Writes records to the table, one chunk at a time. If PostgreSQL refuses a chunk, halving it finds the bad records.

use std::collections::{BTreeMap, HashMap, HashSet};

use jobinsight_core::settings::quote;
use serde_json::{Map, Value};
use tokio_postgres::{Error, Transaction};

use super::catalog::Column;
use super::record::{BadLine, Record};

/// The result of writing a chunk.
#[derive(Debug, Default)]
pub(super) struct Inserted {
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) superseded: u64,
    pub(super) refused: Vec<BadLine>,
}

/// A column of the table, and its place in the file.
pub(super) type Placed = (usize, Column);

/// The statements for one file, which match its columns with the columns of the table.
pub(super) struct Insert {
    table: String,
    columns: Vec<Placed>,
    statements: HashMap<Vec<usize>, String>,
}

impl Insert {
    pub(super) fn new(table: String, columns: Vec<Placed>) -> Self {
        Self {
            table,
            columns,
            statements: HashMap::new(),
        }
    }

    /// Writes a chunk. The last record with a key replaces earlier records of the chunk.
    pub(super) async fn write(
        &mut self,
        tx: &mut Transaction<'_>,
        records: Vec<Record>,
    ) -> Result<Inserted, Error> {
        let latest = self.latest(&records);
        let mut result = Inserted {
            superseded: (records.len() - latest.len()) as u64,
            ..Inserted::default()
        };
        // A record that does not mention a column must not change it, so it needs a statement without this column.
        let mut groups = BTreeMap::<&Vec<usize>, Vec<&Record>>::new();
        for record in latest {
            groups.entry(&record.absent).or_default().push(record);
        }
        for (absent, group) in groups {
            self.write_group(tx, absent, &group, &mut result).await?;
        }
        Ok(result)
    }

    /// The records without those whose key a later one has. A record without a key remains, because PostgreSQL says why
    /// it refuses it.
    fn latest<'r>(&self, records: &'r [Record]) -> Vec<&'r Record> {
        let keys: Vec<usize> = self
            .columns
            .iter()
            .filter(|(_, column)| column.key)
            .map(|(at, _)| *at)
            .collect();
        let mut seen = HashSet::new();
        let mut is_latest = |record: &'r Record| {
            let key: Option<Vec<&String>> =
                keys.iter().map(|at| record.values[*at].as_ref()).collect();
            key.is_none_or(|key| seen.insert(key))
        };
        let mut latest: Vec<_> = records
            .iter()
            .rev()
            .filter(|record| is_latest(record))
            .collect();
        latest.reverse();
        latest
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
                    savepoint.commit().await?;
                    let inserted = rows.iter().filter(|row| row.get::<_, bool>(0)).count() as u64;
                    result.inserted += inserted;
                    result.updated += rows.len() as u64 - inserted;
                    result.unchanged += (range.len() - rows.len()) as u64;
                }
                Err(error) if is_data(&error) => {
                    savepoint.rollback().await?;
                    if let [record] = range {
                        result.refused.push(self.refuse(record, &error));
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
            let statement = self.build(absent);
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
        // The type json has no equality operator, so the texts are compared.
        let comparable = |from: &str, column: &Column| {
            let cast = if column.kind == "json" { "::text" } else { "" };
            format!("{from}.{}{cast}", quote(&column.name))
        };
        let conflict = if self.present(absent).any(|(_, column)| !column.key) {
            format!(
                "DO UPDATE SET {} WHERE ROW({}) IS DISTINCT FROM ROW({})",
                others(&|column| format!("{0} = EXCLUDED.{0}", quote(&column.name))),
                others(&|column| comparable("t", column)),
                others(&|column| comparable("EXCLUDED", column)),
            )
        } else {
            "DO NOTHING".to_owned()
        };
        format!(
            "INSERT INTO {table} AS t ({names}) SELECT {casts} FROM json_to_recordset($1) AS x({fields})
             ON CONFLICT ({keys}) {conflict} RETURNING (xmax = 0)",
            table = self.table,
            names = list(&|_, column| quote(&column.name)),
            casts = list(&|at, column| format!("x.c{at}::{}", column.kind)),
            fields = list(&|at, _| format!("c{at} text")),
            keys = keys.join(", "),
        )
    }

    fn refuse(&self, record: &Record, error: &Error) -> BadLine {
        let content: Map<String, Value> = self
            .columns
            .iter()
            .filter_map(|(at, column)| {
                Some((column.name.clone(), record.values[*at].clone()?.into()))
            })
            .collect();
        let reason = error
            .as_db_error()
            .map_or_else(|| error.to_string(), |db| db.message().to_owned());
        BadLine::new(record.line, &Value::Object(content).to_string(), reason)
    }
}

/// Whether the data of a record is the cause of an error (classes 22 and 23). Class 21 counts, too: a chunk has two
/// spellings of one key, and halving separates them.
fn is_data(error: &Error) -> bool {
    error.code().is_some_and(|state| {
        ["21", "22", "23"]
            .iter()
            .any(|class| state.code().starts_with(class))
    })
}
