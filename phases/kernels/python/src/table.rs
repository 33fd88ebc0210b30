//! Tables between Python and Rust, by the PyCapsule interface of Arrow.

use std::sync::Arc;

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_pyarrow::FromPyArrow;
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// The rows of one batch that a kernel cleans at once.
const ROWS: usize = 16_384;

/// A table of Arrow. Every library that reads Arrow can take it: ``pyarrow.table(table)``, ``polars.DataFrame(table)``.
#[pyclass(frozen, module = "jobinsight")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    pub(crate) fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Self { schema, batches }
    }
}

#[pymethods]
impl Table {
    /// The number of rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        let fields = self.schema.fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    /// The table as a ``pyarrow.Table``. Needs pyarrow.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// The table as a ``polars.DataFrame``. Needs Polars.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    /// The table as a ``pandas.DataFrame``. Needs pandas and pyarrow.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_pyarrow(slf)?.call_method0("to_pandas")
    }

    fn __len__(&self) -> usize {
        self.num_rows()
    }

    fn __repr__(&self) -> String {
        let (rows, names) = (self.num_rows(), self.column_names().join(", "));
        format!("<jobinsight.Table of {rows} rows: {names}>")
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.schema.as_ref());
        PyCapsule::new_with_value(py, schema.map_err(arrow_error)?, c"arrow_schema")
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface lets a table keep its types.
        let _ = requested_schema;
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

/// Opens a table of Python as a stream of batches.
///
/// # Errors
/// `TypeError`: the object is not a table of Arrow.
pub(crate) fn open(table: &Bound<'_, PyAny>) -> PyResult<RecordBatchStreamReader> {
    if !table.hasattr("__arrow_c_stream__")? {
        return Err(PyTypeError::new_err(format!(
            "an object of the type {} is not a table of Arrow (it has no __arrow_c_stream__): pass a table of pyarrow, Polars, pandas 2.2 or newer, or DuckDB",
            table.get_type().fully_qualified_name()?
        )));
    }
    RecordBatchStreamReader::from_pyarrow_bound(table)
}

/// Reads all batches of a stream, in pieces of at most [`ROWS`] rows, each with the number of its first row. Texts are not
/// copied.
///
/// # Errors
/// The stream fails.
pub(crate) fn pieces(
    reader: RecordBatchStreamReader,
) -> Result<(SchemaRef, Vec<(u64, RecordBatch)>), ArrowError> {
    let schema = reader.schema();
    let (mut pieces, mut first) = (Vec::new(), 0);
    for batch in reader {
        let batch = batch?;
        for start in (0..batch.num_rows()).step_by(ROWS) {
            let rows = ROWS.min(batch.num_rows() - start);
            pieces.push((first, batch.slice(start, rows)));
            first += u64::try_from(rows).unwrap_or(u64::MAX);
        }
    }
    Ok((schema, pieces))
}

/// The exception of an error in a table.
pub(crate) fn arrow_error(error: ArrowError) -> PyErr {
    PyValueError::new_err(match error {
        // The messages of the kernels, without the prefix of Arrow.
        ArrowError::SchemaError(message) => message,
        other => other.to_string(),
    })
}
