//! Measures the kernels of data_processing and the functions of the Python pipeline that they replace: on the same
//! postings, in turn, each on one core.

mod python;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use jobinsight_data_processing::kernel::{RuleSet, transform};

use self::python::Python;
use crate::postings::Posting;

/// The number of passes in a round. The fastest pass counts, because other programs can only slow a pass down.
const PASSES: usize = 20;
/// The number of passes in a round in Python. One pass in Python takes as long as all passes of the kernels. Rounds are
/// short, so both parts of a round run under the same conditions.
const PYTHON_PASSES: usize = 4;
/// The number of rounds of the kernels in one round of the bench.
const ROUNDS: usize = 5;

/// Seconds of a pass over all postings, with a value for each round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kernels {
    pub(crate) postings: usize,
    pub(crate) standard: Vec<f64>,
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
    let batch = batch(postings).map_err(|error| error.to_string())?;
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
        kernels.standard.push(fastest(&batch, RuleSet::Standard)?);
        kernels.v1.push(fastest(&batch, RuleSet::V1)?);
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
    let mut fastest = f64::INFINITY;
    for _ in 0..PASSES {
        let start = Instant::now();
        let made = transform(batch, rules).map_err(|error| error.to_string())?;
        fastest = fastest.min(start.elapsed().as_secs_f64());
        if made.batch.num_rows() + made.rejects.len() != batch.num_rows() {
            return Err("the kernels lost a row".to_owned());
        }
    }
    Ok(fastest)
}

fn batch(postings: &[Posting]) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let column = |of: fn(&Posting) -> Option<&str>| -> ArrayRef {
        Arc::new(postings.iter().map(of).collect::<StringArray>())
    };
    let keys: StringArray = (0..postings.len())
        .map(|row| Some(row.to_string()))
        .collect();
    RecordBatch::try_from_iter([
        ("job_id", Arc::new(keys) as ArrayRef),
        ("title", column(|posting| posting.title.as_deref())),
        (
            "company_name",
            column(|posting| posting.company_name.as_deref()),
        ),
        ("location", column(|posting| posting.location.as_deref())),
        (
            "location_detail",
            column(|posting| posting.location_detail.as_deref()),
        ),
    ])
}
