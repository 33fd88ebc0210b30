//! The contract of a batch: the rows and columns that a phase must return.
//!
//! A phase may reject rows and change their order. Each row that it received must still exist once, as a record or as a
//! reject, with its key and version. The columns that are not in its `GIVES` keep their values and types. A column of its
//! `GIVES` has the declared type. The batch has no other column.
//!
//! The runner checks the contract after each batch. A phase that loses rows or columns therefore fails under its own
//! name, instead of a later phase that misses them.

use std::collections::{BTreeMap, BTreeSet};

use arrow_schema::DataType;

use crate::batch_rows::{KeptRows, matched};
use crate::plural::counted;
use crate::{Batch, EtlError, NeededColumns, PhaseSpec, Resource, Result, codes};

/// The contract of one batch in one phase.
#[derive(Debug, Clone)]
pub struct BatchContract {
    phase: &'static str,
    /// All columns that the returned batch must have, with their types.
    columns: BTreeMap<String, DataType>,
    /// The columns that the phase adds. A loading phase may also leave some of them out.
    gives: BTreeMap<&'static str, DataType>,
    /// The batch that the phase received.
    received: Option<Batch>,
}

impl BatchContract {
    /// The contract of a loading phase: it returns the columns in its `GIVES` that a phase of the run needs.
    pub fn of_loading(spec: &PhaseSpec, needed: &NeededColumns) -> Self {
        let gives: BTreeMap<&str, DataType> = typed(spec.gives).collect();
        let required = gives.iter().filter(|(column, _)| needed.contains(column));
        Self {
            phase: spec.name,
            columns: required
                .map(|(column, data_type)| ((*column).to_owned(), data_type.clone()))
                .collect(),
            gives,
            received: None,
        }
    }

    /// The contract of a processing phase that receives this batch. It returns the columns of the batch without those
    /// in its `DROPS`, the columns in its `GIVES`, and every row, published or rejected.
    pub fn of_processing(spec: &PhaseSpec, batch: &Batch) -> Self {
        let dropped: BTreeSet<&str> = columns(spec.drops).collect();
        let schema = batch.records.schema();
        let mut kept: BTreeMap<String, DataType> = schema
            .fields()
            .iter()
            .filter(|field| !dropped.contains(field.name().as_str()))
            .map(|field| (field.name().clone(), field.data_type().clone()))
            .collect();
        let gives: BTreeMap<&str, DataType> = typed(spec.gives).collect();
        kept.extend(
            gives
                .iter()
                .map(|(column, data_type)| ((*column).to_owned(), data_type.clone())),
        );
        Self {
            phase: spec.name,
            columns: kept,
            gives,
            received: Some(batch.clone()),
        }
    }

    /// Checks the batch that the phase returned.
    ///
    /// # Errors
    /// `jobinsight::phases::broken_promise`, which names the phase and what is missing; `jobinsight::phases::column_type`,
    /// which names the phase, the column and both types.
    pub fn check(&self, returned: &Batch) -> Result<()> {
        let missing: Vec<&str> = self
            .columns
            .keys()
            .map(String::as_str)
            .filter(|name| returned.records.column_by_name(name).is_none())
            .collect();
        if !missing.is_empty() {
            let help = if missing.iter().all(|name| self.gives.contains_key(name)) {
                "let the phase add the column, or remove it from GIVES"
            } else {
                "let the phase return the columns that it received; GIVES and DROPS must list the columns that it adds and removes"
            };
            return Err(self.broken(
                &format!(
                    "lacks the column{} {}",
                    if missing.len() > 1 { "s" } else { "" },
                    quoted(&missing)
                ),
                help,
            ));
        }
        self.check_fields(returned)?;
        match &self.received {
            Some(received) => self.check_rows(received, returned),
            None => Ok(()),
        }
    }

    /// Checks the name and the exact type of each column.
    fn check_fields(&self, returned: &Batch) -> Result<()> {
        let mut seen = BTreeSet::new();
        for field in returned.records.schema_ref().fields() {
            let name = field.name().as_str();
            if !seen.insert(name) {
                return Err(self.broken(
                    &format!("has two columns with the name `{name}`"),
                    "let the phase replace the column instead of adding another: Batch::put does so",
                ));
            }
            let given = self.gives.get(name);
            let Some(expected) = given.or_else(|| self.columns.get(name)) else {
                return Err(self.broken(
                    &format!("has the column `{name}`, which is neither in its GIVES nor passed on"),
                    &format!(
                        "add the column to GIVES of the phase, with its type {}, or let the phase return the batch without it",
                        field.data_type()
                    ),
                ));
            };
            if field.data_type() != expected {
                return Err(self.other_type(name, field.data_type(), expected, given.is_some()));
            }
        }
        Ok(())
    }

    fn other_type(
        &self,
        name: &str,
        found: &DataType,
        expected: &DataType,
        is_given: bool,
    ) -> EtlError {
        let (origin, help) = if is_given {
            ("its GIVES declares", "or correct the type in GIVES")
        } else {
            (
                "it received",
                "or add the column to GIVES with its type, and to DROPS, because the phase replaces it",
            )
        };
        EtlError::new(
            codes::PHASES_COLUMN_TYPE,
            format!(
                "the batch that phase `{}` returned has the column `{name}` as {found}, but {origin} {expected}",
                self.phase
            ),
        )
        .help(format!("let the phase return {expected}, {help}"))
    }

    fn check_rows(&self, received: &Batch, returned: &Batch) -> Result<()> {
        if returned.id != received.id {
            return Err(self.broken(
                &format!(
                    "is batch {}, but it received batch {}",
                    returned.id, received.id
                ),
                "let the phase change the batch that it receives instead of creating another",
            ));
        }
        let [(rows, rejects), (rows_now, rejects_now)] =
            [received, returned].map(|batch| (batch.rows(), batch.rejects.len()));
        if rows_now + rejects_now as u64 != rows + rejects as u64 || rejects_now < rejects {
            return Err(self.broken(
                &format!(
                    "has {} and {}, but it received {} and {}",
                    counted(rows_now, "row"),
                    counted(rejects_now, "reject"),
                    counted(rows, "row"),
                    counted(rejects, "reject")
                ),
                "let the phase move each row that it cannot process to the rejects of the batch, with a reason; no row may be lost or doubled",
            ));
        }
        let kept = matched(received, returned).map_err(|what| {
            let key_and_version = quoted(&[Batch::KEY, Batch::ROW_VERSION]);
            self.broken(
                &what,
                &format!("let the phase keep {key_and_version} of each row as they are; they say which row it is"),
            )
        })?;
        kept.map_or(Ok(()), |kept| self.check_values(&kept, received, returned))
    }

    /// Checks that the columns that the phase does not produce have the values that it received.
    fn check_values(&self, kept: &KeptRows, received: &Batch, returned: &Batch) -> Result<()> {
        let identity = [Batch::KEY, Batch::ROW_VERSION, Batch::SOURCE_HASH];
        for name in self.columns.keys() {
            let is_identity = identity.contains(&name.as_str());
            if self.gives.contains_key(name.as_str()) && !is_identity {
                continue;
            }
            let [before, after] =
                [received, returned].map(|batch| batch.records.column_by_name(name));
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            if kept.are_equal(before, after) {
                continue;
            }
            let help = if is_identity {
                "let the phase keep the column as it is, because it says which row this is"
            } else {
                "let the phase keep the column as it is, or add it to GIVES"
            };
            return Err(self.broken(&format!("has the column `{name}` with other values"), help));
        }
        Ok(())
    }

    fn broken(&self, what: &str, help: &str) -> EtlError {
        EtlError::new(
            codes::PHASES_BROKEN_PROMISE,
            format!("the batch that phase `{}` returned {what}", self.phase),
        )
        .help(help)
    }
}

/// The names of the batch columns among these resources.
fn columns(resources: &'static [Resource]) -> impl Iterator<Item = &'static str> {
    resources.iter().filter_map(|resource| resource.column())
}

/// The batch columns among these resources that have a type, with the type.
fn typed(resources: &'static [Resource]) -> impl Iterator<Item = (&'static str, DataType)> {
    resources
        .iter()
        .filter_map(|resource| Some((resource.column()?, resource.data_type()?)))
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
