//! The options that several functions take: the rule set, the directory with rules of a user, and the options of salaries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jobinsight_kernels::clean::CleanOptions;
use jobinsight_kernels::salary::SalaryOptions;
use jobinsight_kernels::{ChangedTable, RuleSet, RuleTable, facts};
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::{PyErr, PyResult};

/// The rule set with that name.
///
/// # Errors
/// `ValueError`: no rule set has the name.
pub(crate) fn rule_set(name: &str) -> PyResult<RuleSet> {
    match name {
        "standard" => Ok(RuleSet::Standard),
        "v1" => Ok(RuleSet::V1),
        _ => Err(PyValueError::new_err(format!(
            "`{name}` is not a rule set; the rule sets are `standard` and `v1`"
        ))),
    }
}

/// The options of salaries by name, as a user gives them.
pub(crate) type GivenSalaryOptions = BTreeMap<String, f64>;

/// The options of salaries: the given ones, and the defaults of the others.
///
/// # Errors
/// `ValueError`: no option has the name, or the value is out of range.
pub(crate) fn read_salary_options(given: Option<GivenSalaryOptions>) -> PyResult<SalaryOptions> {
    let mut options = SalaryOptions::default();
    for (name, value) in given.unwrap_or_default() {
        options.set(&name, value).map_err(PyValueError::new_err)?;
    }
    Ok(options)
}

/// The options of a cleaning.
///
/// # Errors
/// `ValueError` or `OSError`: no rule set has the name, or the rules of the user cannot be read.
pub(crate) fn options(
    rules: &str,
    rules_dir: Option<&Path>,
    as_of: Option<i64>,
    with_facts: bool,
) -> PyResult<CleanOptions> {
    Ok(CleanOptions {
        rules: rule_set(rules)?,
        changed: rules_dir.map_or_else(|| Ok(Vec::new()), changed)?,
        salary: SalaryOptions::default(),
        as_of,
        with_facts,
    })
}

/// An exception that names the line of a rule that cannot be used.
pub(crate) fn value_error(error: &dyn std::error::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// The tables that the files in a directory change: `acronyms.txt` changes the table `acronyms`.
fn changed(folder: &Path) -> PyResult<Vec<ChangedTable>> {
    let read = |file: &OwnFile| {
        let path = file.path.display().to_string();
        let changed = ChangedTable::read(&table(&file.table)?, &path, &file.text);
        changed.map_err(|error| value_error(&error))
    };
    own_files(folder)?.iter().map(read).collect()
}

/// The name of the rules, as each published row has it.
///
/// # Errors
/// See [`options`].
pub(crate) fn rules_name(
    rules: &str,
    rules_dir: Option<&Path>,
    salary: &SalaryOptions,
) -> PyResult<String> {
    let options = options(rules, rules_dir, None, false)?;
    let files = rules_dir.map_or_else(|| Ok(Vec::new()), own_files)?;
    let own: Vec<(String, String)> = files
        .into_iter()
        .map(|file| (file.table, file.text))
        .collect();
    Ok(jobinsight_kernels::rules_name(options.rules, &own, salary))
}

/// A file of a user.
struct OwnFile {
    path: PathBuf,
    /// The table that it changes.
    table: String,
    text: String,
}

/// The files in a directory, by the names of their tables.
fn own_files(folder: &Path) -> PyResult<Vec<OwnFile>> {
    let fail = |path: &Path, error: &std::io::Error| {
        PyOSError::new_err(format!("{} cannot be read: {error}", path.display()))
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| fail(folder, &error))? {
        let path = entry.map_err(|error| fail(folder, &error))?.path();
        if path.extension().is_none_or(|end| end != "txt") {
            continue;
        }
        let table = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&path).map_err(|error| fail(&path, &error))?;
        files.push(OwnFile {
            table: table.into_owned(),
            // Some editors begin a text with a byte order mark.
            text: text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned(),
            path,
        });
    }
    files.sort_by(|a, b| a.table.cmp(&b.table));
    Ok(files)
}

fn table(name: &str) -> PyResult<RuleTable> {
    let mut tables = jobinsight_kernels::TABLES.iter().chain(&facts::TABLES);
    tables
        .find(|table| table.name == name)
        .copied()
        .ok_or_else(|| {
            let names = jobinsight_kernels::TABLES.iter().chain(&facts::TABLES);
            let names: Vec<&str> = names.map(|table| table.name).collect();
            PyValueError::new_err(format!(
                "{name}.txt changes the table `{name}`, which does not exist; the tables are: {}",
                names.join(", ")
            ))
        })
}
