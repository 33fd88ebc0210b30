//! Measures the kernels and the functions of the Python pipeline that they replace: on the same
//! postings, in turn, each on one core.

mod old_functions;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use jobinsight_kernels::kernel::{Kernel, RuleSet, Transformed, transform};

use self::old_functions::Python;
use crate::postings::Posting;

/// The number of passes in a round. The fastest pass counts, because other programs can only slow a pass down.
const PASSES: usize = 20;
/// The number of passes in a round in Python. One pass in Python takes as long as all passes of the kernels. Rounds are
/// short, so both parts of a round run under the same conditions.
const PYTHON_PASSES: usize = 4;
/// The number of rounds of the kernels in one round of the bench.
const ROUNDS: usize = 5;

/// The columns of a batch that a kernel reads.
const COLUMNS: [&str; 4] = ["title", "company_name", "location", "location_detail"];
/// The kernels of the rule set `standard` that are measured one by one, each with its columns.
pub(crate) const FIELDS: [(&str, &[&str]); 3] = [
    ("titles", &["title"]),
    ("companies", &["company_name"]),
    ("places", &["location", "location_detail"]),
];
/// The title of all rows where titles are not measured, because a row without a title is rejected.
const ONE_TITLE: &str = "Kế Toán";

/// Seconds of a pass over all postings, with a value for each round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kernels {
    pub(crate) postings: usize,
    pub(crate) standard: Vec<f64>,
    /// A kernel that has read the same postings before, as the kernel of a lane has in a long run.
    pub(crate) kept: Vec<f64>,
    /// One kernel each, in the order of [`FIELDS`], so that it can be compared with the same kernel of another commit.
    pub(crate) fields: [Vec<f64>; FIELDS.len()],
    pub(crate) v1: Vec<f64>,
    /// Empty where Python or Beautiful Soup is not available.
    pub(crate) python: Vec<f64>,
}

/// Measures both rule sets and Python.
pub(crate) fn measure(
    root: &Path,
    file: &Path,
    postings: &[Posting],
    rounds: usize,
) -> Result<Kernels, String> {
    let batch = |columns: &[&str]| batch(postings, columns).map_err(|error| error.to_string());
    let whole = batch(&COLUMNS)?;
    let mut of_fields = Vec::new();
    for (_, columns) in FIELDS {
        of_fields.push(batch(columns)?);
    }
    let python = match Python::ready(root) {
        Ok(python) => Some(python),
        Err(why) => {
            eprintln!("SKIPPED: the functions of the Python pipeline: {why}");
            None
        }
    };
    if let Some(python) = &python {
        python.check(root)?;
    }
    let mut kernels = Kernels {
        postings: postings.len(),
        ..Kernels::default()
    };
    for _ in 0..rounds * ROUNDS {
        kernels.standard.push(fastest(&whole, RuleSet::Standard)?);
        kernels.kept.push(fastest_of_kept(&whole)?);
        for (seconds, batch) in kernels.fields.iter_mut().zip(&of_fields) {
            seconds.push(fastest(batch, RuleSet::Standard)?);
        }
        kernels.v1.push(fastest(&whole, RuleSet::V1)?);
        if let Some(python) = &python {
            let (rows, seconds) = python.measure(file, PYTHON_PASSES)?;
            if rows != postings.len() {
                return Err(format!(
                    "Python read {rows} postings of {}, and the kernels read {}",
                    file.display(),
                    postings.len()
                ));
            }
            kernels.python.push(seconds);
        }
    }
    Ok(kernels)
}

/// The fastest of some passes. Each pass uses a new kernel with empty caches.
fn fastest(batch: &RecordBatch, rules: RuleSet) -> Result<f64, String> {
    fastest_pass(batch, || transform(batch, rules))
}

/// The fastest of some passes of one kernel by the rules `standard`. Its caches know the texts of the batch.
fn fastest_of_kept(batch: &RecordBatch) -> Result<f64, String> {
    let mut kernel = Kernel::new(RuleSet::Standard);
    kernel.transform(batch).map_err(|error| error.to_string())?;
    fastest_pass(batch, || kernel.transform(batch))
}

fn fastest_pass(
    batch: &RecordBatch,
    mut pass: impl FnMut() -> Result<Transformed, ArrowError>,
) -> Result<f64, String> {
    let mut fastest = f64::INFINITY;
    for _ in 0..PASSES {
        let start = Instant::now();
        let made = pass().map_err(|error| error.to_string())?;
        fastest = fastest.min(start.elapsed().as_secs_f64());
        if made.batch.num_rows() + made.rejects.len() != batch.num_rows() {
            return Err("the kernels lost a row".to_owned());
        }
    }
    Ok(fastest)
}

/// A batch of postings. The columns that are not listed are NULL, apart from the title.
fn batch(postings: &[Posting], columns: &[&str]) -> Result<RecordBatch, ArrowError> {
    let column = |name: &str, of: fn(&Posting) -> Option<&str>| -> ArrayRef {
        let is_read = columns.contains(&name);
        let other = (name == "title").then_some(ONE_TITLE);
        let text = |posting| if is_read { of(posting) } else { other };
        Arc::new(postings.iter().map(text).collect::<StringArray>())
    };
    let keys: StringArray = (0..postings.len())
        .map(|row| Some(row.to_string()))
        .collect();
    let values: [fn(&Posting) -> Option<&str>; 4] = [
        |posting| posting.title.as_deref(),
        |posting| posting.company_name.as_deref(),
        |posting| posting.location.as_deref(),
        |posting| posting.location_detail.as_deref(),
    ];
    let texts = COLUMNS.into_iter().zip(values);
    let texts = texts.map(|(name, of)| (name, column(name, of)));
    let keys = ("job_id", Arc::new(keys) as ArrayRef);
    RecordBatch::try_from_iter(std::iter::once(keys).chain(texts))
}
