//! What a phase that gives batches promises, and whether it kept it.
//!
//! The runner holds every phase to it, after each batch: a phase that loses rows or columns fails its run by its own
//! name, and not the phase that misses them.

use std::collections::BTreeSet;

use crate::{Batch, EtlError, Kind, PhaseSpec, Result};

/// What a batch must be when a phase hands it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    phase: &'static str,
    columns: BTreeSet<String>,
    /// Those of the columns that it says it gives.
    gives: BTreeSet<&'static str>,
    /// Number and rows, published and rejected, of the batch that it was given.
    given: Option<(i64, u64, u64)>,
}

impl Promise {
    /// Of a loading phase: the columns that it says it gives.
    pub fn of_loading(spec: &PhaseSpec) -> Self {
        Self {
            phase: spec.name,
            columns: columns(spec.gives).map(str::to_owned).collect(),
            gives: columns(spec.gives).collect(),
            given: None,
        }
    }

    /// Of a processing phase that is given this batch: its columns but those that it says it drops, the columns that
    /// it says it gives, and every row, be it among the rejects.
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
            given: Some((batch.id, batch.rows(), batch.rejects.len() as u64)),
        }
    }

    /// Whether the batch that the phase hands on keeps it.
    ///
    /// # Errors
    /// `jobinsight::phases::broken_promise`, which names the phase and what is missing.
    pub fn check(&self, made: &Batch) -> Result<()> {
        let missing: Vec<&str> = self
            .columns
            .iter()
            .map(String::as_str)
            .filter(|name| made.records.column_by_name(name).is_none())
            .collect();
        if !missing.is_empty() {
            let help = if missing.iter().all(|name| self.gives.contains(name)) {
                "let the phase add what its GIVES says, or take it out of GIVES"
            } else {
                "let the phase hand on what it was given, and say in GIVES and DROPS what it adds and leaves out"
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
        let Some((id, rows, rejects)) = self.given else {
            return Ok(());
        };
        if made.id != id {
            return Err(self.broken(
                &format!("is batch {}, and it was given batch {id}", made.id),
                "let the phase change the batch that it is given, and make no other",
            ));
        }
        let (rows_now, rejects_now) = (made.rows(), made.rejects.len() as u64);
        if rows_now + rejects_now != rows + rejects || rejects_now < rejects {
            return Err(self.broken(
                &format!("has {rows_now} rows and {rejects_now} rejects, and it was given {rows} rows and {rejects} rejects"),
                "let the phase move a row that can't go on to the batch's rejects, with its reason; no row may be lost or doubled",
            ));
        }
        Ok(())
    }

    fn broken(&self, what: &str, help: &str) -> EtlError {
        EtlError::new(
            Kind::Bug,
            "jobinsight::phases::broken_promise",
            format!("the batch that phase `{}` hands on {what}", self.phase),
        )
        .help(help)
    }
}

/// The batch columns among words such as `batch.COLUMN` and `schema`.
fn columns(words: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    words.iter().filter_map(|word| word.strip_prefix("batch."))
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
