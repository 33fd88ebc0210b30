//! Whether a posting must be cleaned again: the fingerprint of its raw row, and the name of the rules.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use jobinsight_kernels::fingerprint;
use pyo3::prelude::*;

use crate::options;
use crate::table::{Table, arrow_error, open, pieces};

/// The fingerprints of raw postings, as the pipeline stores them in ``source_hash``: a table with this column, and a row for each row
/// of the input. A posting with the same fingerprint has the same raw columns.
#[pyfunction]
pub(crate) fn fingerprints(py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Table> {
    let reader = open(table)?;
    let field = Field::new("source_hash", DataType::Int64, false);
    let schema = Arc::new(Schema::new(vec![field]));
    let hashes = py.detach(|| {
        let (_, pieces) = pieces(reader)?;
        let hashes = pieces.iter().map(|(_, piece)| {
            let hashes = fingerprint::fingerprints(piece)?;
            RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(hashes)])
        });
        hashes.collect::<Result<Vec<_>, ArrowError>>()
    });
    Ok(Table::new(
        Arc::clone(&schema),
        hashes.map_err(arrow_error)?,
    ))
}

/// The name of the rules, as the pipeline stores it in ``rule_set``. A posting that was cleaned by rules of another name must be
/// cleaned again: another release can have other rules.
#[pyfunction]
#[pyo3(signature = (*, rules="standard", rules_dir=None, salary_options=None))]
pub(crate) fn rule_set(
    rules: &str,
    rules_dir: Option<PathBuf>,
    salary_options: Option<options::GivenSalaryOptions>,
) -> PyResult<String> {
    let salary = options::read_salary_options(salary_options)?;
    options::rules_name(rules, rules_dir.as_deref(), &salary)
}
