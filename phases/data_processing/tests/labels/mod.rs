//! Reads the labels of the standard rules, compares them with the results, and finds the cause of each miss.
//! `cargo xtask quality` and the tests of goldens share this module.

mod cause;

use std::fs;
use std::path::Path;
use std::str::FromStr;

use jobinsight_data_processing::standard::{company, title};
use serde::Deserialize;

pub(crate) use cause::Cause;

/// Kinds of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// title → `title_clean`.
    Titles,
    /// `company_name` → `company_name_standardized`.
    Companies,
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "titles" => Ok(Self::Titles),
            "companies" => Ok(Self::Companies),
            other => Err(format!("--kind {other} is not known: titles, or companies")),
        }
    }
}

impl Kind {
    fn apply(self, given: &str) -> String {
        match self {
            Self::Titles => title::clean(given).text,
            Self::Companies => company::standardize(given),
        }
    }

    /// Whether two values are equal, apart from differences that normalisation.md ignores: in titles, the spaces around `/`,
    /// `,`, `+` and `&`.
    fn same(self, got: &str, wanted: &str) -> bool {
        match self {
            Self::Titles => tight(got) == tight(wanted),
            Self::Companies => got == wanted,
        }
    }
}

fn tight(text: &str) -> String {
    ["/", ",", "+", "&"]
        .iter()
        .fold(text.to_owned(), |text, sign| {
            text.split(sign)
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(sign)
        })
}

/// A line of a file of labels.
#[derive(Debug, Deserialize)]
struct Label {
    #[serde(rename = "in")]
    given: String,
    out: String,
    /// Another correct reading.
    alt: Option<String>,
    /// The labeller was not sure.
    #[serde(default)]
    unsure: bool,
}

/// A label that the rules do not meet.
#[derive(Debug)]
pub(crate) struct Miss {
    /// The text that was read.
    pub(crate) given: String,
    /// The result of the rules.
    pub(crate) got: String,
    /// The label.
    pub(crate) wanted: String,
    /// How they differ.
    pub(crate) cause: Cause,
    /// Words that should be dropped.
    pub(crate) kept: Vec<String>,
    /// Words that should stay.
    pub(crate) cut: Vec<String>,
    /// The labeller was not sure.
    pub(crate) unsure: bool,
}

/// The results of the rules on a file.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The number of labels.
    pub(crate) labels: usize,
    /// The number of labels of which the labeller was not sure.
    pub(crate) unsure: usize,
    /// Labels that are met, in either reading.
    pub(crate) right: usize,
    /// Labels that are met by the other reading.
    pub(crate) alternatives: usize,
    /// Labels that are not met.
    pub(crate) misses: Vec<Miss>,
}

impl Report {
    /// The share that is right.
    pub(crate) fn percent(&self) -> f64 {
        percent(self.right, self.labels)
    }

    /// The share that is right where the labeller was sure.
    pub(crate) fn percent_sure(&self) -> f64 {
        let missed = self.misses.iter().filter(|miss| !miss.unsure).count();
        let sure = self.labels - self.unsure;
        percent(sure - missed, sure)
    }
}

#[allow(clippy::cast_precision_loss)] // lines of a file
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64 * 100.0
}

/// Measures the rules on a file.
pub(crate) fn measure(kind: Kind, path: &Path) -> Result<Report, String> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut report = Report::default();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let label: Label = serde_json::from_str(text)
            .map_err(|error| format!("{shown}, line {line}: no label: {error}"))?;
        report.labels += 1;
        report.unsure += usize::from(label.unsure);
        let got = kind.apply(&label.given);
        if kind.same(&got, &label.out) {
            report.right += 1;
        } else if label.alt.is_some_and(|alt| kind.same(&got, &alt)) {
            report.right += 1;
            report.alternatives += 1;
        } else {
            let (cause, kept, cut) = Cause::find(&got, &label.out);
            report.misses.push(Miss {
                given: label.given,
                got,
                wanted: label.out,
                cause,
                kept,
                cut,
                unsure: label.unsure,
            });
        }
    }
    if report.labels == 0 {
        return Err(format!("{shown} holds no label"));
    }
    Ok(report)
}
