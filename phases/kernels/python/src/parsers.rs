//! Parses one salary or one deadline.

use jobinsight_kernels::deadline::{self, DeadlineWarning};
use jobinsight_kernels::salary::{Amount, PayPeriod, SalaryParser, SalaryWarning};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::options::{GivenSalaryOptions, read_salary_options, rule_set};
use crate::times::{from_micros, micros};

/// The bounds of a salary in million VND, with type, period, pay for a month, and warning: a dictionary with ``min``, ``max``,
/// ``type``, ``period``, ``monthly_min``, ``monthly_max`` and ``warning``. A bound is a ``decimal.Decimal``. ``salary_options`` sets
/// exchange rates and limits by name: ``{"usd_vnd_rate": 26_000}``.
#[pyfunction]
#[pyo3(signature = (text, *, rules="standard", salary_options=None))]
pub(crate) fn parse_salary<'py>(
    py: Python<'py>,
    text: Option<&str>,
    rules: &str,
    salary_options: Option<GivenSalaryOptions>,
) -> PyResult<Bound<'py, PyDict>> {
    let parser = SalaryParser::new(rule_set(rules)?, &read_salary_options(salary_options)?);
    let salary = parser.parse(text.unwrap_or_default());
    let decimal = py.import("decimal")?.getattr("Decimal")?;
    let amount = |amount: Option<Amount>| {
        let text = amount.map(|amount| amount.to_string());
        text.map(|text| decimal.call1((text,))).transpose()
    };
    let parsed = PyDict::new(py);
    parsed.set_item("min", amount(salary.min)?)?;
    parsed.set_item("max", amount(salary.max)?)?;
    parsed.set_item("type", salary.kind.word())?;
    parsed.set_item("period", salary.period.map(PayPeriod::word))?;
    parsed.set_item("monthly_min", amount(salary.monthly_min)?)?;
    parsed.set_item("monthly_max", amount(salary.monthly_max)?)?;
    parsed.set_item("warning", salary.warning.map(SalaryWarning::word))?;
    Ok(parsed)
}

/// The end of a deadline: a dictionary with ``due_date``, a ``datetime.datetime`` in UTC, and ``warning``. A deadline such as
/// ``"Còn 2 ngày"`` counts from ``crawled_at``, a ``datetime.datetime``; one without a zone is UTC.
#[pyfunction]
#[pyo3(signature = (text, crawled_at=None, *, rules="standard"))]
pub(crate) fn parse_deadline<'py>(
    py: Python<'py>,
    text: Option<&str>,
    crawled_at: Option<Bound<'py, PyAny>>,
    rules: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let crawled_at = crawled_at.map(|time| micros(&time)).transpose()?;
    let deadline = deadline::read(text.unwrap_or_default(), rule_set(rules)?);
    let (due, warning) = deadline.due_after(crawled_at);
    let parsed = PyDict::new(py);
    let due = due.map(|due| from_micros(py, due)).transpose()?;
    parsed.set_item("due_date", due)?;
    parsed.set_item("warning", warning.map(DeadlineWarning::word))?;
    Ok(parsed)
}
