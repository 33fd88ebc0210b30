//! Functions for one text.

use std::cell::RefCell;

use jobinsight_kernels::RuleSet;
use jobinsight_kernels::facts::{FactBook, FactReader, FactTexts};
use jobinsight_kernels::kernel::{DerivedRow, Kernel, RawPosting};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::options::rule_set;

/// A title for postings whose title nobody asks for, because a posting without a title is rejected.
const ANY_TITLE: &str = "x";

thread_local! {
    /// The kernels of this thread, one for each rule set that it has used.
    static KERNELS: RefCell<Vec<(RuleSet, Kernel)>> = const { RefCell::new(Vec::new()) };
    static FACTS: RefCell<FactReader> = RefCell::new(FactReader::new(FactBook::shipped()));
}

/// A part of the values of a posting; `None` if the posting is rejected.
fn derive<T>(
    rules: &str,
    posting: &RawPosting<'_>,
    part: impl FnOnce(&DerivedRow<'_>) -> T,
) -> PyResult<Option<T>> {
    let rules = rule_set(rules)?;
    Ok(KERNELS.with_borrow_mut(|kernels| {
        let known = kernels.iter().position(|(of, _)| *of == rules);
        let index = known.unwrap_or_else(|| {
            kernels.push((rules, Kernel::new(rules)));
            kernels.len() - 1
        });
        let row = kernels[index].1.derive(posting).ok()?;
        Some(part(&row))
    }))
}

/// The name of the job: the title without places, pay and advertising. None if a posting with this title would be rejected,
/// because it is blank or too long.
#[pyfunction]
#[pyo3(signature = (title, *, rules="standard"))]
pub(crate) fn clean_title(title: Option<&str>, rules: &str) -> PyResult<Option<String>> {
    let posting = RawPosting {
        title,
        ..RawPosting::default()
    };
    derive(rules, &posting, |row| row.title.text.to_owned())
}

fn of_company<T>(
    name: Option<&str>,
    rules: &str,
    part: impl FnOnce(&DerivedRow<'_>) -> T,
) -> PyResult<Option<T>> {
    let posting = RawPosting {
        title: Some(ANY_TITLE),
        company: name,
        ..RawPosting::default()
    };
    derive(rules, &posting, part)
}

/// The name of a company in one spelling. None without a name, or if the name is too long.
#[pyfunction]
#[pyo3(signature = (name, *, rules="standard"))]
pub(crate) fn clean_company(name: Option<&str>, rules: &str) -> PyResult<Option<String>> {
    let made = of_company(name, rules, |row| row.company.name.map(str::to_owned))?;
    Ok(made.flatten())
}

/// A key by which postings of several boards can be grouped: the company without spelling.
#[pyfunction]
pub(crate) fn company_key(name: Option<&str>) -> PyResult<Option<String>> {
    let made = of_company(name, "standard", |row| row.company.key.map(str::to_owned))?;
    Ok(made.flatten())
}

fn of_place<T>(
    location: Option<&str>,
    detail: Option<&str>,
    rules: &str,
    part: impl FnOnce(&DerivedRow<'_>) -> T,
) -> PyResult<Option<T>> {
    let posting = RawPosting {
        title: Some(ANY_TITLE),
        location,
        detail,
        ..RawPosting::default()
    };
    derive(rules, &posting, part)
}

/// The words of an array literal of PostgreSQL without quotes.
fn words(literal: &str) -> Vec<String> {
    let words = literal.trim_matches(['{', '}']).split(',');
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The places of a job by their official names, separated by commas. ``detail`` has the addresses, as lines or HTML.
#[pyfunction]
#[pyo3(signature = (location, detail=None, *, rules="standard"))]
pub(crate) fn clean_location(
    location: Option<&str>,
    detail: Option<&str>,
    rules: &str,
) -> PyResult<Option<String>> {
    let made = of_place(location, detail, rules, |row| {
        row.places.location.map(str::to_owned)
    })?;
    Ok(made.flatten())
}

/// The codes of ISO 3166-2:VN of the provinces, of the 63 before July 2025.
#[pyfunction]
#[pyo3(signature = (location, detail=None))]
pub(crate) fn location_codes(
    location: Option<&str>,
    detail: Option<&str>,
) -> PyResult<Vec<String>> {
    let made = of_place(location, detail, "standard", |row| words(row.places.codes))?;
    Ok(made.unwrap_or_default())
}

/// The two-digit codes of the provinces, of the 34 since July 2025.
#[pyfunction]
#[pyo3(signature = (location, detail=None))]
pub(crate) fn province_codes(
    location: Option<&str>,
    detail: Option<&str>,
) -> PyResult<Vec<String>> {
    let made = of_place(location, detail, "standard", |row| {
        row.places.province_codes.map(words)
    })?;
    Ok(made.flatten().unwrap_or_default())
}

/// The places in parts: a list of dictionaries with ``name``, ``code``, ``province``, ``district`` and ``address``.
#[pyfunction]
#[pyo3(signature = (location, detail=None))]
pub(crate) fn places<'py>(
    py: Python<'py>,
    location: Option<&str>,
    detail: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    let made = of_place(location, detail, "standard", |row| {
        row.places.places.map(str::to_owned)
    })?;
    let json = made.flatten().unwrap_or_else(|| "[]".to_owned());
    py.import("json")?.call_method1("loads", (json,))
}

/// The facts that a posting states: experience, level, work mode, employment type, languages and skills. ``skills`` is a list, or a
/// JSON array.
#[pyfunction]
#[pyo3(signature = (title, location=None, skills=None))]
pub(crate) fn facts<'py>(
    py: Python<'py>,
    title: Option<&str>,
    location: Option<&str>,
    skills: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let skills = skills.map(|skills| skills_text(&skills)).transpose()?;
    let found = FACTS.with_borrow_mut(|reader| {
        reader.read(FactTexts {
            title,
            location,
            skills: skills.as_deref(),
        })
    });
    let facts = PyDict::new(py);
    facts.set_item("experience_min", found.experience_min)?;
    facts.set_item("experience_max", found.experience_max)?;
    facts.set_item("level", found.level)?;
    facts.set_item("work_mode", found.work_mode)?;
    facts.set_item("employment_type", found.employment_type)?;
    facts.set_item("languages", found.languages)?;
    let skills: Vec<&str> = found.skills.iter().map(AsRef::as_ref).collect();
    facts.set_item("skills", skills)?;
    Ok(facts)
}

/// Skills as JSON: a text as it is, and anything else as Python writes it.
pub(crate) fn skills_text(skills: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = skills.extract() {
        return Ok(text);
    }
    let json = skills.py().import("json")?;
    json.call_method1("dumps", (skills,))?.extract()
}
