//! The Arrow kernel: whole columns in, derived columns and rejects out.

mod columns;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema};

pub(crate) use self::columns::Row;
use self::columns::{Columns, Output};
use crate::standard::company::Standardizer;
use crate::standard::place::Places;
use crate::standard::tables::Tables;
use crate::standard::title;
use crate::{Warnings, text, v1};

/// Which rules say what clean means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSet {
    /// The rules of `normalisation.md`.
    Standard,
    /// The old pipeline's results, defects included.
    V1,
}

impl From<jobinsight_core::RuleSet> for RuleSet {
    fn from(rules: jobinsight_core::RuleSet) -> Self {
        match rules {
            jobinsight_core::RuleSet::Standard => Self::Standard,
            jobinsight_core::RuleSet::V1 => Self::V1,
        }
    }
}

/// What became of a batch.
#[derive(Debug, Clone)]
pub struct Transformed {
    /// The derived columns of the rows that go on, see [`derived_schema`].
    pub batch: RecordBatch,
    /// The rows that do not.
    pub rejects: Vec<Reject>,
}

/// A row that can't be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Its place in the input.
    pub row: usize,
    /// Its key.
    pub job_id: String,
    /// The column at fault.
    pub field: &'static str,
    /// `title_missing` or `too_long`.
    pub reason: &'static str,
    /// What stood there.
    pub value: Option<String>,
}

/// Characters that staging's columns hold.
const LONGEST_TITLE: usize = 255;
const LONGEST_COMPANY: usize = 200;
const LONGEST_LOCATION: usize = 200;

/// The columns of [`Transformed::batch`]. `location_pairs` is the text of a JSON array, `location_codes` and `warnings`
/// are array literals of PostgreSQL: they are written by hand into one buffer, and cast where they are stored.
pub fn derived_schema() -> Schema {
    Schema::new(vec![
        Field::new("job_id", DataType::Utf8, false),
        Field::new("source_hash", DataType::Int64, false),
        Field::new("title_clean", DataType::Utf8, false),
        Field::new("company_name_standardized", DataType::Utf8, true),
        Field::new("location", DataType::Utf8, true),
        Field::new("location_pairs", DataType::Utf8, false),
        Field::new("location_codes", DataType::Utf8, false),
        Field::new("warnings", DataType::Utf8, false),
    ])
}

/// Cleans a batch with the columns `job_id`, `source_hash`, `title`, `company_name`, `location`, `location_detail`, with a
/// kernel of its own.
///
/// # Errors
/// A column is missing or has another type.
pub fn transform(input: &RecordBatch, rules: RuleSet) -> Result<Transformed, ArrowError> {
    Kernel::new(rules).transform(input)
}

/// The kernel of a lane: buffers that all rows share, and what it remembers of the names that come again, within bounds.
pub struct Kernel {
    rules: RuleSet,
    titles: title::Cleaner,
    companies: Standardizer,
    places: Places,
    row: Row,
}

impl Kernel {
    /// One that has seen nothing yet, with the tables that are compiled in.
    pub fn new(rules: RuleSet) -> Self {
        Self::with(rules, &Tables::shipped())
    }

    /// One that has seen nothing yet.
    pub(crate) fn with(rules: RuleSet, tables: &Tables) -> Self {
        Self {
            rules,
            titles: title::Cleaner::with(Arc::clone(&tables.titles)),
            companies: Standardizer::new(Arc::clone(&tables.companies)),
            places: Places::new(Arc::clone(&tables.provinces)),
            row: Row::default(),
        }
    }

    /// See [`transform`].
    ///
    /// # Errors
    /// A column is missing or has another type.
    pub fn transform(&mut self, input: &RecordBatch) -> Result<Transformed, ArrowError> {
        let columns = Columns::of(input)?;
        let mut out = Output::like(&columns);
        // Column by column: the tables of one field then stay in the processor's caches.
        for (derive, push) in FIELDS {
            for row in 0..input.num_rows() {
                let fault = if out.is_kept(row) {
                    derive(self, &columns.row(row)).err()
                } else {
                    None
                };
                if let Some(fault) = fault {
                    out.reject(Reject {
                        row,
                        job_id: columns.key(row).to_owned(),
                        field: fault.field,
                        reason: fault.reason,
                        value: fault.value,
                    });
                }
                // What is pushed of a rejected row is taken out at the end.
                push(&mut out, row, &self.row);
            }
        }
        out.finish(&columns)
    }

    /// Makes a row's derived values.
    pub(crate) fn derive(&mut self, given: &Given<'_>) -> Result<(), Fault> {
        let mut warnings = Warnings::NONE;
        let mut result = Ok(());
        for (derive, _) in FIELDS {
            result = result.and(derive(self, given));
            warnings |= self.row.warnings;
        }
        self.row.warnings = warnings;
        result
    }

    /// Those of the row that was made last.
    pub(crate) fn row(&self) -> &Row {
        &self.row
    }

    fn title(&mut self, given: &Given<'_>) -> Result<(), Fault> {
        let row = &mut self.row;
        row.title.clear();
        row.warnings = Warnings::NONE;
        let title = given
            .title
            .filter(|title| !text::is_blank(title))
            .ok_or_else(|| Fault {
                field: "title",
                reason: "title_missing",
                value: given.title.map(str::to_owned),
            })?;
        match self.rules {
            RuleSet::Standard => row.warnings = self.titles.clean_into(title, &mut row.title),
            RuleSet::V1 => {
                row.title = without_nul(v1::clean_title(title), &mut row.warnings);
                // The old function could give nothing for a title that holds something; staging wants a title.
                if row.title.is_empty() {
                    row.title = without_nul(title.trim(), &mut row.warnings);
                    row.warnings |= Warnings::TITLE_KEPT;
                }
            }
        }
        fits("title", title, LONGEST_TITLE)?;
        fits("title_clean", &row.title, LONGEST_TITLE)
    }

    fn company(&mut self, given: &Given<'_>) -> Result<(), Fault> {
        let row = &mut self.row;
        row.company.clear();
        row.warnings = Warnings::NONE;
        match (self.rules, given.company) {
            (RuleSet::Standard, Some(name)) => {
                self.companies.standardize_into(name, &mut row.company);
            }
            (RuleSet::V1, Some(name)) => {
                row.company = without_nul(&v1::clean_company_name(name), &mut row.warnings);
            }
            (_, None) => {}
        }
        row.has_company = self.rules == RuleSet::V1 || !row.company.is_empty();
        fits(
            "company_name",
            given.company.unwrap_or_default(),
            LONGEST_COMPANY,
        )?;
        fits("company_name_standardized", &row.company, LONGEST_COMPANY)
    }

    fn places(&mut self, given: &Given<'_>) -> Result<(), Fault> {
        let row = &mut self.row;
        row.warnings = Warnings::NONE;
        row.has_location = given.location.is_some();
        let location = given.location.unwrap_or_default();
        let detail = given.detail.unwrap_or_default();
        match self.rules {
            RuleSet::Standard => {
                let places = self.places.derive(detail, location);
                if places.nul_dropped {
                    row.warnings |= Warnings::NUL_DROPPED;
                }
                for (buffer, text) in [
                    (&mut row.pairs, places.pairs),
                    (&mut row.location, places.location),
                    (&mut row.codes, places.codes),
                ] {
                    buffer.clear();
                    buffer.push_str(text);
                }
            }
            RuleSet::V1 => {
                let pairs = given.detail.map(v1::extract_location_info);
                let pairs = pairs.unwrap_or_default();
                let location = given
                    .location
                    .map(|location| v1::refine_location(location, &pairs));
                row.location = without_nul(&location.unwrap_or_default(), &mut row.warnings);
                let clean = |pair: &String| without_nul(pair, &mut row.warnings);
                let pairs: Vec<String> = pairs.iter().map(clean).collect();
                row.pairs = serde_json::Value::from(pairs).to_string();
                row.codes.clear();
                row.codes.push_str("{}");
            }
        }
        fits("location", &row.location, LONGEST_LOCATION)
    }
}

type Derive = fn(&mut Kernel, &Given<'_>) -> Result<(), Fault>;
type Push = fn(&mut Output, usize, &Row);

/// How the columns of a field are made of a row and written. What is at fault first in this order is why a row is rejected.
const FIELDS: [(Derive, Push); 3] = [
    (Kernel::title, Output::push_title),
    (Kernel::company, Output::push_company),
    (Kernel::places, Output::push_places),
];

/// A text that PostgreSQL can store.
fn without_nul(text: &str, warnings: &mut Warnings) -> String {
    let (clean, dropped) = text::without_nul(text);
    if dropped {
        *warnings |= Warnings::NUL_DROPPED;
    }
    clean.into_owned()
}

/// A posting as it was crawled.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Given<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) company: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
    pub(crate) detail: Option<&'a str>,
}

/// Why a row is rejected.
pub(crate) struct Fault {
    pub(crate) field: &'static str,
    pub(crate) reason: &'static str,
    value: Option<String>,
}

/// Whether a text fits its column.
fn fits(field: &'static str, text: &str, longest: usize) -> Result<(), Fault> {
    // No text of so few bytes has more characters.
    if text.len() > longest && text.chars().count() > longest {
        return Err(Fault {
            field,
            reason: "too_long",
            value: Some(text.to_owned()),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::{ArrayRef, Int64Array, StringArray};

    use super::*;

    fn batch(rows: &[[Option<&str>; 4]]) -> RecordBatch {
        let column = |index: usize| {
            Arc::new(rows.iter().map(|row| row[index]).collect::<StringArray>()) as ArrayRef
        };
        let keys: StringArray = (0..rows.len()).map(|row| Some(row.to_string())).collect();
        let hashes: Int64Array = (0..rows.len()).map(|row| i64::try_from(row).ok()).collect();
        RecordBatch::try_from_iter([
            ("job_id", Arc::new(keys) as ArrayRef),
            ("source_hash", Arc::new(hashes)),
            ("title", column(0)),
            ("company_name", column(1)),
            ("location", column(2)),
            ("location_detail", column(3)),
        ])
        .unwrap()
    }

    fn text<'a>(made: &'a Transformed, name: &str) -> Vec<Option<&'a str>> {
        made.batch
            .column_by_name(name)
            .unwrap()
            .as_string::<i32>()
            .iter()
            .collect()
    }

    #[test]
    fn rows_that_can_not_be_published_are_left_out_with_their_reason() {
        let (long, wide) = ("đ".repeat(256), "x".repeat(201));
        let given = batch(&[
            [
                Some("Kế Toán"),
                Some("CTCP ABC"),
                Some("HCM"),
                Some("HCM: \"1\" \\ 2"),
            ],
            [None, None, None, None],
            [Some(" \u{200b}\u{a0}"), None, None, None],
            [Some(&long), None, None, None],
            [Some("Lái Xe"), None, Some(&wide), None],
        ]);
        for rules in [RuleSet::Standard, RuleSet::V1] {
            let made = transform(&given, rules).unwrap();
            let rejects: Vec<_> = made
                .rejects
                .iter()
                .map(|r| (r.row, r.field, r.reason))
                .collect();
            let wanted = [
                (1, "title", "title_missing"),
                (2, "title", "title_missing"),
                (3, "title", "too_long"),
                (4, "location", "too_long"),
            ];
            assert_eq!(rejects, wanted, "{rules:?}");
            assert_eq!(text(&made, "title_clean"), [Some("Kế Toán")]);
            let pairs: Vec<String> =
                serde_json::from_str(text(&made, "location_pairs")[0].unwrap()).unwrap();
            assert_eq!(pairs.len(), 1);
        }
        let made = transform(&given, RuleSet::Standard).unwrap();
        assert_eq!(text(&made, "location"), [Some("Hồ Chí Minh")]);
        assert_eq!(text(&made, "location_codes"), [Some("{VN-SG}")]);
    }
}
