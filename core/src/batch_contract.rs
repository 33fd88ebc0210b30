//! The contract of a batch: the rows and columns that a phase must return.
//!
//! A phase may reject rows and change their order. Each row that it received must still exist once, as a record or as a
//! reject, with its key and version. The columns that are not in its `GIVES` keep their values.
//!
//! The runner checks the contract after each batch. A phase that loses rows or columns therefore fails under its own
//! name, instead of a later phase that misses them.

use std::collections::BTreeSet;

use crate::batch_rows::{KeptRows, matched};
use crate::{Batch, EtlError, NeededColumns, PhaseSpec, Resource, Result, codes};

/// The contract of one batch in one phase.
#[derive(Debug, Clone)]
pub struct BatchContract {
    phase: &'static str,
    /// All columns that the returned batch must have.
    columns: BTreeSet<String>,
    /// The columns among them that the phase adds.
    gives: BTreeSet<&'static str>,
    /// The batch that the phase received.
    received: Option<Batch>,
}

impl BatchContract {
    /// The contract of a loading phase: it returns the columns in its `GIVES` that a phase of the run needs.
    pub fn of_loading(spec: &PhaseSpec, needed: &NeededColumns) -> Self {
        let gives: BTreeSet<&str> = columns(spec.gives)
            .filter(|column| needed.contains(column))
            .collect();
        Self {
            phase: spec.name,
            columns: gives.iter().map(|column| (*column).to_owned()).collect(),
            gives,
            received: None,
        }
    }

    /// The contract of a processing phase that receives this batch. It returns the columns of the batch without those
    /// in its `DROPS`, the columns in its `GIVES`, and every row, published or rejected.
    pub fn of_processing(spec: &PhaseSpec, batch: &Batch) -> Self {
        let dropped: BTreeSet<&str> = columns(spec.drops).collect();
        let schema = batch.records.schema();
        let mut kept: BTreeSet<String> = schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .filter(|name| !dropped.contains(name.as_str()))
            .collect();
        kept.extend(columns(spec.gives).map(str::to_owned));
        Self {
            phase: spec.name,
            columns: kept,
            gives: columns(spec.gives).collect(),
            received: Some(batch.clone()),
        }
    }

    /// Checks the batch that the phase returned.
    ///
    /// # Errors
    /// `jobinsight::phases::broken_promise`, which names the phase and what is missing.
    pub fn check(&self, returned: &Batch) -> Result<()> {
        let missing: Vec<&str> = self
            .columns
            .iter()
            .map(String::as_str)
            .filter(|name| returned.records.column_by_name(name).is_none())
            .collect();
        if !missing.is_empty() {
            let help = if missing.iter().all(|name| self.gives.contains(name)) {
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
        match &self.received {
            Some(received) => self.check_rows(received, returned),
            None => Ok(()),
        }
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
                &format!("has {rows_now} rows and {rejects_now} rejects, but it received {rows} rows and {rejects} rejects"),
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
        for name in &self.columns {
            let is_identity = identity.contains(&name.as_str());
            if self.gives.contains(name.as_str()) && !is_identity {
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

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
