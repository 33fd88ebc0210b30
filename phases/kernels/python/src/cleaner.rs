//! Cleans tables, on several threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use jobinsight_kernels::clean::{BatchCleaner, CleanOptions, CleanedBatch};
use pyo3::prelude::*;
use std::path::PathBuf;

use crate::options::{GivenSalaryOptions, options, read_salary_options, value_error};
use crate::table::{Table, arrow_error, open, pieces};
use crate::times::{micros, now};

/// The result of a cleaning: three tables.
#[pyclass(frozen, get_all, module = "jobinsight")]
pub(crate) struct Cleaned {
    /// The clean postings: the columns of the input, and the derived columns.
    rows: Py<Table>,
    /// The rejected postings: ``row``, ``job_id``, ``field``, ``reason``, ``value``. ``row`` counts the rows of the input from 0.
    rejected: Py<Table>,
    /// The warnings of clean postings: ``row``, ``job_id``, ``field``, ``warning``.
    warnings: Py<Table>,
}

#[pymethods]
impl Cleaned {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let tables = [&self.rows, &self.rejected, &self.warnings];
        let mut counts = Vec::new();
        for table in tables {
            counts.push(table.bind(py).len()?);
        }
        let [rows, rejected, warnings] = counts[..] else {
            return Ok(String::new());
        };
        Ok(format!(
            "<jobinsight.Cleaned: {rows} rows, {rejected} rejected, {warnings} warnings>"
        ))
    }
}

/// Cleans several tables by the same rules, for example the parts of a large table. It is faster than ``jobinsight.clean`` for
/// each part, because it remembers results, and it numbers the rows over all parts.
#[pyclass(frozen, module = "jobinsight")]
pub(crate) struct Cleaner {
    rules: BatchCleaner,
    threads: usize,
    /// The cleaners that no thread uses at the moment, with their caches.
    idle: Mutex<Vec<BatchCleaner>>,
    /// The number of rows so far.
    seen: AtomicU64,
}

#[pymethods]
impl Cleaner {
    #[new]
    #[pyo3(signature = (*, rules="standard", rules_dir=None, as_of=None, facts=false, salary_options=None, threads=None))]
    fn new(
        rules: &str,
        rules_dir: Option<PathBuf>,
        as_of: Option<Bound<'_, PyAny>>,
        facts: bool,
        salary_options: Option<GivenSalaryOptions>,
        threads: Option<NonZero<usize>>,
    ) -> PyResult<Self> {
        let as_of = as_of.map(|time| micros(&time)).transpose()?;
        let as_of = Some(as_of.unwrap_or_else(now));
        let options = CleanOptions {
            salary: read_salary_options(salary_options)?,
            ..options(rules, rules_dir.as_deref(), as_of, facts)?
        };
        let threads = threads.or_else(|| std::thread::available_parallelism().ok());
        Ok(Self {
            rules: BatchCleaner::new(&options).map_err(|error| value_error(&error))?,
            threads: threads.map_or(1, NonZero::get),
            idle: Mutex::default(),
            seen: AtomicU64::new(0),
        })
    }

    /// Cleans a table. See ``jobinsight.clean``.
    fn clean(&self, py: Python<'_>, table: &Bound<'_, PyAny>) -> PyResult<Cleaned> {
        let reader = open(table)?;
        let cleaned = py.detach(|| {
            let (schema, pieces) = pieces(reader)?;
            self.clean_pieces(&schema, &pieces)
        });
        let [rows, rejected, warnings] = cleaned.map_err(arrow_error)?;
        Ok(Cleaned {
            rows: Py::new(py, rows)?,
            rejected: Py::new(py, rejected)?,
            warnings: Py::new(py, warnings)?,
        })
    }
}

impl Cleaner {
    fn clean_pieces(
        &self,
        schema: &SchemaRef,
        pieces: &[(u64, RecordBatch)],
    ) -> Result<[Table; 3], ArrowError> {
        let rows: usize = pieces.iter().map(|(_, piece)| piece.num_rows()).sum();
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        let first = self.seen.fetch_add(rows, Relaxed);
        // An empty table has the columns of any other.
        let none = [(0, RecordBatch::new_empty(schema.clone()))];
        let pieces = if pieces.is_empty() { &none } else { pieces };
        let results: Vec<OnceLock<_>> = pieces.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut cleaner = self.take();
            while let Some(index) = Some(next.fetch_add(1, Relaxed)).filter(|at| *at < pieces.len())
            {
                let (row, piece) = &pieces[index];
                let _ = results[index].set(cleaner.clean_at(first + row, piece));
            }
            self.give_back(cleaner);
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads.min(pieces.len()) {
                scope.spawn(work);
            }
            work();
        });
        let results = results.into_iter().filter_map(OnceLock::into_inner);
        let results: Vec<CleanedBatch> = results.collect::<Result<_, _>>()?;
        let table = |part: fn(&CleanedBatch) -> &RecordBatch| {
            let batches: Vec<RecordBatch> = results.iter().map(part).cloned().collect();
            Table::new(batches[0].schema(), batches)
        };
        Ok([
            table(|cleaned| &cleaned.rows),
            table(|cleaned| &cleaned.rejected),
            table(|cleaned| &cleaned.warnings),
        ])
    }

    fn take(&self) -> BatchCleaner {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().unwrap_or_else(|| self.rules.fork())
    }

    fn give_back(&self, cleaner: BatchCleaner) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(cleaner);
    }
}

/// Cleans a table of raw postings.
///
/// ``table`` is a table of pyarrow, Polars, pandas or DuckDB, or any other object with ``__arrow_c_stream__``. It needs the
/// column ``title``; ``company_name``, ``location``, ``location_detail``, ``salary``, ``deadline``, ``crawled_at`` and ``skills``
/// are read if they exist. All other columns pass through.
///
/// ``rules`` is ``"standard"``, or ``"v1"`` for exactly the results of the old Python pipeline. ``rules_dir`` is a directory with
/// files that extend the rule tables, as the setting of the same name. ``as_of`` is the moment for ``time_remaining``, a
/// ``datetime.datetime``; the default is now. ``facts`` adds experience, level, work mode, languages and
/// skills. ``salary_options`` sets exchange rates and limits by name, as the settings of ``sql_procedures``:
/// ``{"usd_vnd_rate": 26_000}``. ``threads`` is the number of threads; the default is one for each core.
#[pyfunction]
#[pyo3(signature = (table, *, rules="standard", rules_dir=None, as_of=None, facts=false, salary_options=None, threads=None))]
#[allow(clippy::too_many_arguments)] // each one is a named argument in Python
pub(crate) fn clean(
    py: Python<'_>,
    table: &Bound<'_, PyAny>,
    rules: &str,
    rules_dir: Option<PathBuf>,
    as_of: Option<Bound<'_, PyAny>>,
    facts: bool,
    salary_options: Option<GivenSalaryOptions>,
    threads: Option<NonZero<usize>>,
) -> PyResult<Cleaned> {
    Cleaner::new(rules, rules_dir, as_of, facts, salary_options, threads)?.clean(py, table)
}
