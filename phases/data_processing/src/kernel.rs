//! The Arrow kernel: whole columns in, derived columns, rejects and counts of warnings out.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use crate::standard::{company, html, place, title};
use crate::{text, v1};

/// Which rules say what clean means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSet {
    /// The rules of `normalisation.md`.
    Standard,
    /// The old pipeline's results, defects included.
    V1,
}

/// What became of a batch.
#[derive(Debug, Clone)]
pub struct Transformed {
    /// The derived columns of the rows that go on, see [`derived_schema`].
    pub batch: RecordBatch,
    /// The rows that do not.
    pub rejects: Vec<Reject>,
    /// How many rows carry each warning.
    pub warnings: BTreeMap<&'static str, u64>,
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

/// Cleans a batch with the columns `job_id`, `source_hash`, `title`, `company_name`, `location`, `location_detail`.
///
/// # Errors
/// A column is missing or has another type.
pub fn transform(input: &RecordBatch, rules: RuleSet) -> Result<Transformed, ArrowError> {
    let columns = Columns::of(input)?;
    let mut out = Output::with_capacity(input.num_rows());
    for row in 0..input.num_rows() {
        let derived = match rules {
            RuleSet::Standard => standard(&columns, row),
            RuleSet::V1 => old(&columns, row),
        };
        match derived.and_then(|derived| derived.check(&columns, row)) {
            Ok(derived) => {
                out.push(columns.keys.value(row), columns.hashes.value(row), &derived)?;
            }
            Err(fault) => out.rejects.push(Reject {
                row,
                job_id: columns.keys.value(row).to_owned(),
                field: fault.field,
                reason: fault.reason,
                value: fault.value,
            }),
        }
    }
    out.finish()
}

/// The columns that are read.
struct Columns<'a> {
    keys: &'a StringArray,
    hashes: &'a Int64Array,
    titles: &'a StringArray,
    companies: &'a StringArray,
    locations: &'a StringArray,
    details: &'a StringArray,
}

impl<'a> Columns<'a> {
    fn of(input: &'a RecordBatch) -> Result<Self, ArrowError> {
        let missing =
            |name: &str| ArrowError::SchemaError(format!("no column {name} of the wanted type"));
        let text = |name: &str| {
            input
                .column_by_name(name)
                .and_then(|column| column.as_string_opt::<i32>())
                .ok_or_else(|| missing(name))
        };
        Ok(Self {
            keys: text("job_id")?,
            hashes: input
                .column_by_name("source_hash")
                .and_then(|column| column.as_primitive_opt::<Int64Type>())
                .ok_or_else(|| missing("source_hash"))?,
            titles: text("title")?,
            companies: text("company_name")?,
            locations: text("location")?,
            details: text("location_detail")?,
        })
    }
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// Why a row is rejected.
struct Fault {
    field: &'static str,
    reason: &'static str,
    value: Option<String>,
}

impl Fault {
    fn too_long(field: &'static str, value: &str) -> Self {
        Self {
            field,
            reason: "too_long",
            value: Some(value.to_owned()),
        }
    }
}

/// A row's derived values.
struct Derived {
    title: String,
    company: Option<String>,
    location: Option<String>,
    pairs: Vec<String>,
    codes: Vec<&'static str>,
    warnings: Vec<&'static str>,
}

impl Derived {
    fn check(self, columns: &Columns<'_>, row: usize) -> Result<Self, Fault> {
        let raw = |column| value(column, row).unwrap_or_default();
        for (field, text, longest) in [
            ("title", raw(columns.titles), LONGEST_TITLE),
            ("title_clean", &self.title, LONGEST_TITLE),
            ("company_name", raw(columns.companies), LONGEST_COMPANY),
            (
                "company_name_standardized",
                self.company.as_deref().unwrap_or_default(),
                LONGEST_COMPANY,
            ),
            (
                "location",
                self.location.as_deref().unwrap_or_default(),
                LONGEST_LOCATION,
            ),
        ] {
            // No text of so few bytes has more characters.
            if text.len() > longest && text.chars().count() > longest {
                return Err(Fault::too_long(field, text));
            }
        }
        Ok(self)
    }
}

/// A title that a reader can see.
fn visible<'a>(columns: &Columns<'a>, row: usize) -> Result<&'a str, Fault> {
    let title = value(columns.titles, row);
    title
        .filter(|title| !text::is_blank(title))
        .ok_or_else(|| Fault {
            field: "title",
            reason: "title_missing",
            value: title.map(str::to_owned),
        })
}

fn standard(columns: &Columns<'_>, row: usize) -> Result<Derived, Fault> {
    let cleaned = title::clean(visible(columns, row)?);
    let mut warnings: Vec<_> = cleaned.warnings.words().collect();
    let detail = value(columns.details, row).unwrap_or_default();
    if html::without_nul(detail).len() < detail.len() {
        warnings.push("nul_dropped");
    }
    let pairs = if detail.is_empty() {
        Vec::new()
    } else {
        place::pairs(detail)
    };
    let location = value(columns.locations, row).map(|location| place::refine(location, &pairs));
    Ok(Derived {
        title: cleaned.text,
        company: value(columns.companies, row)
            .map(company::standardize)
            .filter(|name| !name.is_empty()),
        codes: location.as_deref().map(place::codes).unwrap_or_default(),
        location,
        pairs,
        warnings,
    })
}

fn old(columns: &Columns<'_>, row: usize) -> Result<Derived, Fault> {
    let mut warnings = Vec::new();
    let mut without_nul = |text: String| {
        let (clean, dropped) = text::without_nul(&text);
        if dropped && !warnings.contains(&"nul_dropped") {
            warnings.push("nul_dropped");
        }
        clean.into_owned()
    };
    let title = visible(columns, row)?;
    let mut cleaned = without_nul(v1::clean_title(title).to_owned());
    let company = without_nul(
        value(columns.companies, row)
            .map(v1::clean_company_name)
            .unwrap_or_default(),
    );
    let pairs = value(columns.details, row)
        .map(v1::extract_location_info)
        .unwrap_or_default();
    let location = value(columns.locations, row)
        .map(|location| without_nul(v1::refine_location(location, &pairs)));
    let pairs = pairs.into_iter().map(without_nul).collect();
    // The old function could give nothing for a title that holds something; staging wants a title.
    if cleaned.is_empty() {
        title.trim().clone_into(&mut cleaned);
        warnings.push("title_kept");
    }
    Ok(Derived {
        title: cleaned,
        company: Some(company),
        location,
        pairs,
        codes: Vec::new(),
        warnings,
    })
}

/// The columns that are written, and one buffer for what is composed.
struct Output {
    keys: StringBuilder,
    hashes: Int64Builder,
    texts: [StringBuilder; 6],
    buffer: Vec<u8>,
    rejects: Vec<Reject>,
    warnings: BTreeMap<&'static str, u64>,
}

impl Output {
    fn with_capacity(rows: usize) -> Self {
        let column = |width: usize| StringBuilder::with_capacity(rows, rows * width);
        Self {
            keys: column(8),
            hashes: Int64Builder::with_capacity(rows),
            texts: [
                column(40),
                column(48),
                column(16),
                column(64),
                column(8),
                column(2),
            ],
            buffer: Vec::new(),
            rejects: Vec::new(),
            warnings: BTreeMap::new(),
        }
    }

    fn push(&mut self, key: &str, hash: i64, derived: &Derived) -> Result<(), ArrowError> {
        self.keys.append_value(key);
        self.hashes.append_value(hash);
        let [title, company, location, pairs, codes, warnings] = &mut self.texts;
        title.append_value(&derived.title);
        company.append_option(derived.company.as_deref());
        location.append_option(derived.location.as_deref());
        json(&mut self.buffer, &derived.pairs)?;
        pairs.append_value(text_of(&self.buffer)?);
        literal(&mut self.buffer, &derived.codes);
        codes.append_value(text_of(&self.buffer)?);
        literal(&mut self.buffer, &derived.warnings);
        warnings.append_value(text_of(&self.buffer)?);
        for word in &derived.warnings {
            *self.warnings.entry(word).or_default() += 1;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Transformed, ArrowError> {
        let mut columns: Vec<ArrayRef> =
            vec![Arc::new(self.keys.finish()), Arc::new(self.hashes.finish())];
        columns.extend(
            self.texts
                .iter_mut()
                .map(|column| Arc::new(column.finish()) as ArrayRef),
        );
        let batch = RecordBatch::try_new(Arc::new(derived_schema()), columns)?;
        Ok(Transformed {
            batch,
            rejects: self.rejects,
            warnings: self.warnings,
        })
    }
}

/// What was composed, as text.
fn text_of(buffer: &[u8]) -> Result<&str, ArrowError> {
    std::str::from_utf8(buffer).map_err(|error| ArrowError::ExternalError(Box::new(error)))
}

/// A JSON array of strings.
fn json(buffer: &mut Vec<u8>, items: &[String]) -> Result<(), ArrowError> {
    buffer.clear();
    serde_json::to_writer(buffer, items).map_err(|error| ArrowError::ExternalError(Box::new(error)))
}

/// An array literal of plain words.
fn literal(buffer: &mut Vec<u8>, words: &[&str]) {
    buffer.clear();
    buffer.push(b'{');
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            buffer.push(b',');
        }
        buffer.extend_from_slice(word.as_bytes());
    }
    buffer.push(b'}');
}

#[cfg(test)]
mod tests {
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
