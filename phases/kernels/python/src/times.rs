//! Times between Python and Rust: `datetime`, and microseconds since 1970 in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The microseconds of a `datetime`. A time without a zone is UTC, as in a column of Arrow.
pub(crate) fn micros(time: &Bound<'_, PyAny>) -> PyResult<i64> {
    let py = time.py();
    let datetime = py.import("datetime")?;
    let epoch = from_micros(py, 0)?;
    let zoned = if time.getattr(intern!(py, "tzinfo"))?.is_none() {
        let zone = PyDict::new(py);
        zone.set_item("tzinfo", epoch.getattr("tzinfo")?)?;
        time.call_method("replace", (), Some(&zone))?
    } else {
        time.clone()
    };
    let unit = datetime.call_method1("timedelta", (0, 0, 1))?;
    zoned.sub(epoch)?.floor_div(unit)?.extract()
}

/// The `datetime` in UTC.
pub(crate) fn from_micros(py: Python<'_>, micros: i64) -> PyResult<Bound<'_, PyAny>> {
    let datetime = py.import("datetime")?;
    let utc = datetime.getattr("timezone")?.getattr("utc")?;
    let epoch = datetime.call_method1("datetime", (1970, 1, 1, 0, 0, 0, 0, utc))?;
    epoch.add(datetime.call_method1("timedelta", (0, 0, micros))?)
}

/// The microseconds of this moment.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.unwrap_or_default().as_micros();
    i64::try_from(micros).unwrap_or(i64::MAX)
}
