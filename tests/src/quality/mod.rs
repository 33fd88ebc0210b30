//! Measures the rule set `standard` on labelled postings: the labels become raw rows, the pipeline runs as an operator
//! runs it, and the published columns are compared with the labels. `cargo xtask quality` and a test share this module.
//!
//! # Module order
//! 1. `boards`, `cause`, `compare`
//! 2. `kind`, `report`
//! 3. `label`

mod boards;
mod cause;
mod compare;
mod kind;
mod label;
mod report;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Db;

use self::boards::board;
pub use self::cause::{Cause, Difference};
use self::kind::Field;
pub use self::kind::Kind;
use self::label::Label;
pub use self::report::{FieldReport, Miss, Report, Score};

/// The published rows, by key.
type Published = HashMap<String, Value>;

/// The files of labels of these kinds. Prints a line for each file that does not exist.
pub fn known(kinds: &[Kind]) -> Vec<(Kind, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for kind in kinds {
        for name in kind.files() {
            let path = root.join(name);
            if path.exists() {
                files.push((*kind, path));
            } else {
                eprintln!("SKIPPED: {name} does not exist, so its labels are not checked");
            }
        }
    }
    files
}

/// Publishes the labelled postings of these files into an empty database, and compares the results with the labels.
///
/// # Errors
/// A file is not a file of labels.
///
/// # Panics
/// The run fails.
pub async fn measure(db: &Db, files: &[(Kind, PathBuf)]) -> Result<Vec<Report>, String> {
    let mut read = Vec::new();
    let mut postings = Vec::new();
    for (file_no, (kind, path)) in files.iter().enumerate() {
        let labels = label::read(*kind, path, file_no)?;
        for label in &labels {
            postings.extend(label.postings(*kind));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        read.push((*kind, name.into_owned(), labels));
    }
    let published = publish(db, postings).await;
    let reports = read
        .into_iter()
        .map(|(kind, name, labels)| compare(kind, name, &labels, &published));
    Ok(reports.collect())
}

/// Runs the pipeline on these postings.
async fn publish(db: &Db, postings: Vec<Value>) -> Published {
    db.client
        .execute(
            "INSERT INTO raw_jobs (job_id, title, company_name, salary, skills, location, location_detail, deadline, crawled_at)
             SELECT job_id, title, company_name, salary, skills, location, location_detail, deadline, coalesce(crawled_at, now())
             FROM jsonb_populate_recordset(NULL::raw_jobs, $1)",
            &[&Value::Array(postings)],
        )
        .await
        .expect("the labelled postings are raw rows");
    // A rejected posting is a miss, and does not end the measurement.
    db.jobinsight_with(
        &["run", "--with", "job_facts"],
        &[("ETL_INTEGRITY_THRESHOLD", "0")],
    )
    .ok();
    db.client
        .batch_execute("SET TimeZone = 'Asia/Ho_Chi_Minh'")
        .await
        .expect("the time zone of the labels");
    let rows = db
        .client
        .query(
            "SELECT job_id::text, to_jsonb(jobs) FROM jobinsight_staging.jobs",
            &[],
        )
        .await
        .expect("the published rows");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Compares the published rows with the labels of a file.
fn compare(kind: Kind, name: String, labels: &[Label], published: &Published) -> Report {
    let mut misses = Vec::new();
    let mut fields = Vec::new();
    for field in kind.fields() {
        let mut report = FieldReport::of(field.column);
        for label in labels.iter().filter(|label| label.has(field.label)) {
            let outcome = Outcome::of(*field, label, published);
            let key = label.value("job_id").as_str();
            report.count(outcome.is_right(), label.is_unsure(), key.map(board));
            if !outcome.is_right() {
                misses.push(outcome.miss(kind, *field, label));
            }
        }
        if report.all.labels > 0 {
            fields.push(report);
        }
    }
    Report {
        name,
        fields,
        misses,
    }
}

/// The result of the pipeline for a field of a label.
enum Outcome {
    Right,
    Wrong(Value),
    Rejected,
}

impl Outcome {
    fn of(field: Field, label: &Label, published: &Published) -> Self {
        let mut rows = label.keys.iter().map(|key| published.get(key));
        let wanted = label.value(field.label);
        let (got, is_right) = match (rows.next(), rows.next()) {
            (Some(Some(row)), None) => {
                let got = row[field.column].clone();
                let is_met = |wanted| field.comparison.same(&got, wanted);
                let is_right = is_met(wanted) || label.has("alt") && is_met(label.value("alt"));
                (got, is_right)
            }
            (Some(Some(one)), Some(Some(other))) => {
                let key = &one[field.column];
                let got = Value::Bool(!key.is_null() && *key == other[field.column]);
                let is_right = got == *wanted;
                (got, is_right)
            }
            _ => return Self::Rejected,
        };
        if is_right {
            Self::Right
        } else {
            Self::Wrong(got)
        }
    }

    fn is_right(&self) -> bool {
        matches!(self, Self::Right)
    }

    /// The miss, for people.
    fn miss(self, kind: Kind, field: Field, label: &Label) -> Miss {
        let wanted = label.value(field.label);
        let (got, difference) = match self {
            Self::Wrong(got) => {
                let difference = match kind {
                    Kind::CompanyPairs => Difference::from(Cause::of_pair(wanted == true)),
                    Kind::Titles | Kind::Companies => {
                        Difference::of_texts(&shown(&got), &shown(wanted))
                    }
                    _ => Difference::from(Cause::of_values(&got, wanted)),
                };
                (shown(&got), difference)
            }
            Self::Right | Self::Rejected => (String::new(), Difference::from(Cause::Rejected)),
        };
        Miss {
            column: field.column,
            given: given(kind, label),
            got,
            wanted: shown(wanted),
            difference,
            is_unsure: label.is_unsure(),
        }
    }
}

/// The raw values of a label, for people.
fn given(kind: Kind, label: &Label) -> String {
    let inputs = kind.postings().iter().flat_map(|columns| columns.iter());
    let values = inputs.map(|(key, _)| shown(label.value(key)));
    values.collect::<Vec<_>>().join(" ┃ ")
}

/// A value, for people.
fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
