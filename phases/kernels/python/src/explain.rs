//! Explains the rules that change a posting.

use std::path::PathBuf;

use jobinsight_kernels::explain::ExplainedField;
use jobinsight_kernels::facts::{self, FactBook, FactTexts};
use jobinsight_kernels::kernel::RawPosting;
use jobinsight_kernels::{RuleBook, Step};
use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::options::{options, value_error};
use crate::texts::skills_text;

/// The rules that change a posting: what each field was, each step with the lines of the rule tables, and what it became.
///
/// The result is a dictionary: ``fields``, ``facts`` and ``rejected``. A field has ``field``, ``given``, ``steps``, ``made`` and
/// ``warnings``; a step has ``rule``, ``before``, ``after`` and ``lines``.
#[pyfunction]
#[pyo3(signature = (title=None, company_name=None, location=None, location_detail=None, skills=None, *, rules="standard", rules_dir=None))]
#[allow(clippy::too_many_arguments)] // each one is a named argument in Python
pub(crate) fn explain<'py>(
    py: Python<'py>,
    title: Option<&str>,
    company_name: Option<&str>,
    location: Option<&str>,
    location_detail: Option<&str>,
    skills: Option<Bound<'py, PyAny>>,
    rules: &str,
    rules_dir: Option<PathBuf>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options(rules, rules_dir.as_deref(), None, true)?;
    let book = RuleBook::with(options.changed()).map_err(|error| value_error(&error))?;
    let fact_book = FactBook::with(options.changed()).map_err(|error| value_error(&error))?;
    let posting = RawPosting {
        // A posting without a title is rejected, but a question about another field needs no title.
        title: title.or(Some("x")),
        company: company_name,
        location,
        detail: location_detail,
    };
    let given = [
        ("title", title),
        ("company_name", company_name),
        ("location", location),
        ("location_detail", location_detail),
    ];
    let explained = jobinsight_kernels::explain::explain(options.rules, &book, posting);
    let is_given = |field: &str| {
        given
            .iter()
            .any(|(of, text)| *of == field && text.is_some())
    };
    let fields = explained.fields.into_iter();
    let fields = fields.filter(|explained| is_given(explained.field));
    let skills = skills.map(|skills| skills_text(&skills)).transpose()?;
    let texts = FactTexts {
        title,
        location,
        skills: skills.as_deref(),
    };
    let facts = facts::explain(&fact_book, texts).into_iter();
    let facts = facts.filter(|explained| !explained.made.is_empty() || !explained.steps.is_empty());
    let rejected = explained.rejected;
    let explanation = json!({
        "fields": fields.map(field).collect::<Vec<_>>(),
        "facts": facts.map(field).collect::<Vec<_>>(),
        "rejected": rejected.map(|(field, reason)| json!({ "field": field, "reason": reason })),
    });
    let json = py.import("json")?;
    json.call_method1("loads", (explanation.to_string(),))
}

fn field(explained: ExplainedField) -> Value {
    json!({
        "field": explained.field,
        "given": explained.given,
        "steps": explained.steps.iter().map(step).collect::<Vec<_>>(),
        "made": explained.made,
        "warnings": explained.warnings,
    })
}

fn step(step: &Step) -> Value {
    let lines = step.lines.iter();
    let lines =
        lines.map(|line| json!({ "table": line.table, "line": line.line, "text": line.text }));
    json!({
        "rule": step.rule,
        "before": step.before,
        "after": step.after,
        "lines": lines.collect::<Vec<_>>(),
    })
}
