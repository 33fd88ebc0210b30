//! The Arrow kernel: whole columns in, derived columns and rejects out.

mod columns;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema};

use self::columns::{Columns, Output, value};
use crate::rule_book::RuleBook;
use crate::standard::company::Standardizer;
use crate::standard::place::Places;
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
    /// What the old functions made, which give texts of their own.
    old: [String; 2],
}

impl Kernel {
    /// One that has seen nothing yet, with the tables that are compiled in.
    pub fn new(rules: RuleSet) -> Self {
        Self::with(rules, &RuleBook::shipped())
    }

    /// One that has seen nothing yet.
    pub(crate) fn with(rules: RuleSet, book: &RuleBook) -> Self {
        Self {
            rules,
            titles: title::Cleaner::with(Arc::clone(&book.titles)),
            companies: Standardizer::new(Arc::clone(&book.companies)),
            places: Places::new(Arc::clone(&book.provinces)),
            old: Default::default(),
        }
    }

    /// See [`transform`].
    ///
    /// # Errors
    /// A column is missing or has another type.
    pub fn transform(&mut self, input: &RecordBatch) -> Result<Transformed, ArrowError> {
        let given = Columns::of(input)?;
        let mut out = Output::like(&given);
        // Field by field: the tables of one then stay in the processor's caches. Places first, which nearly all faults are
        // of.
        for row in 0..input.num_rows() {
            let (location, detail) = (value(given.locations, row), value(given.details, row));
            out.push_places(row, self.places(location, detail));
        }
        for row in 0..input.num_rows() {
            out.push_title(row, self.title(value(given.titles, row)));
        }
        for row in 0..input.num_rows() {
            out.push_company(row, self.company(value(given.companies, row)));
        }
        out.finish(&given)
    }

    /// Makes a row's derived values by themselves.
    pub(crate) fn derive(&mut self, given: &Given<'_>) -> Result<Row, Fault> {
        let (title, mut warnings) = self.title(given.title)?;
        let title = title.to_owned();
        let company = self.company(given.company)?.map(str::to_owned);
        let places = self.places(given.location, given.detail)?;
        warnings |= places.warnings;
        Ok(Row {
            title,
            company,
            location: places.location.map(str::to_owned),
            pairs: places.pairs.to_owned(),
            codes: places.codes.to_owned(),
            warnings,
        })
    }

    #[inline]
    fn title<'a>(&'a mut self, given: Option<&'a str>) -> Result<(&'a str, Warnings), Fault> {
        let title = given
            .filter(|title| !text::is_blank(title))
            .ok_or_else(|| Fault {
                field: "title",
                reason: "title_missing",
                value: given.map(str::to_owned),
            })?;
        fits("title", title, LONGEST_TITLE)?;
        let (made, warnings) = match self.rules {
            RuleSet::Standard => self.titles.clean(title),
            RuleSet::V1 => {
                let mut warnings = Warnings::NONE;
                let [made, _] = &mut self.old;
                *made = without_nul(v1::clean_title(title), &mut warnings);
                // The old function could give nothing for a title that holds something; staging wants a title.
                if made.is_empty() {
                    *made = without_nul(title.trim(), &mut warnings);
                    warnings |= Warnings::TITLE_KEPT;
                }
                (made.as_str(), warnings)
            }
        };
        fits("title_clean", made, LONGEST_TITLE)?;
        Ok((made, warnings))
    }

    #[inline]
    fn company<'a>(&'a mut self, given: Option<&'a str>) -> Result<Option<&'a str>, Fault> {
        let name = given.unwrap_or_default();
        fits("company_name", name, LONGEST_COMPANY)?;
        let made = match self.rules {
            RuleSet::Standard => {
                Some(self.companies.standardize(name)).filter(|made| !made.is_empty())
            }
            // NULL was an empty name there; U+0000 became a space.
            RuleSet::V1 => {
                let [made, _] = &mut self.old;
                *made = v1::clean_company_name(name);
                Some(made.as_str())
            }
        };
        fits(
            "company_name_standardized",
            made.unwrap_or_default(),
            LONGEST_COMPANY,
        )?;
        Ok(made)
    }

    #[inline]
    fn places(
        &mut self,
        location: Option<&str>,
        detail: Option<&str>,
    ) -> Result<MadePlaces<'_>, Fault> {
        let mut warnings = Warnings::NONE;
        let (made, pairs, codes) = match self.rules {
            RuleSet::Standard => {
                let places = self
                    .places
                    .derive(detail.unwrap_or_default(), location.unwrap_or_default());
                if places.nul_dropped {
                    warnings |= Warnings::NUL_DROPPED;
                }
                (places.location, places.pairs, places.codes)
            }
            RuleSet::V1 => {
                let pairs = detail.map(v1::extract_location_info).unwrap_or_default();
                let made = location.map(|location| v1::refine_location(location, &pairs));
                let [refined, json] = &mut self.old;
                *refined = without_nul(&made.unwrap_or_default(), &mut warnings);
                let clean = |pair: &String| without_nul(pair, &mut warnings);
                let pairs: Vec<String> = pairs.iter().map(clean).collect();
                *json = serde_json::Value::from(pairs).to_string();
                (refined.as_str(), json.as_str(), "{}")
            }
        };
        fits("location", made, LONGEST_LOCATION)?;
        Ok(MadePlaces {
            location: location.map(|_| made),
            pairs,
            codes,
            warnings,
        })
    }
}

/// What was made of a location and its detail.
#[derive(Default)]
struct MadePlaces<'a> {
    location: Option<&'a str>,
    /// A JSON array.
    pairs: &'a str,
    /// An array literal.
    codes: &'a str,
    warnings: Warnings,
}

/// A row's derived values, see [`derived_schema`].
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) company: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) pairs: String,
    pub(crate) codes: String,
    pub(crate) warnings: Warnings,
}

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
#[inline]
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
            [Some("Thủ Kho"), Some(&wide), None, None],
            [None, Some(&wide), Some(&wide), None],
            [Some("Thợ Hàn"), Some("Minh An"), Some("Huế"), Some("Huế")],
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
                (5, "company_name", "too_long"),
                (6, "title", "title_missing"),
            ];
            assert_eq!(rejects, wanted, "{rules:?}");
            assert_eq!(text(&made, "job_id"), [Some("0"), Some("7")]);
            let titles = [Some("Kế Toán"), Some("Thợ Hàn")];
            assert_eq!(text(&made, "title_clean"), titles);
            let names = text(&made, "company_name_standardized");
            assert_eq!(names[1], Some("Minh An"));
            for pairs in text(&made, "location_pairs") {
                let pairs: Vec<String> = serde_json::from_str(pairs.unwrap()).unwrap();
                assert_eq!(pairs.len(), 1);
            }
        }
        let made = transform(&given, RuleSet::Standard).unwrap();
        let locations = [Some("Hồ Chí Minh"), Some("Huế")];
        assert_eq!(text(&made, "location"), locations);
        let codes = [Some("{VN-SG}"), Some("{VN-26}")];
        assert_eq!(text(&made, "location_codes"), codes);
    }
}
