//! The Arrow kernel: whole columns in, derived columns and rejected rows out.
//!
//! 1. Each row is derived by itself, in this order: title, company, places. The first field that cannot be stored is the
//!    reason why the row is rejected.
//! 2. A row that is not rejected is appended to the derived columns. A rejected row is appended to none of them, so all
//!    derived columns have the same length.
//! 3. `job_id` and `source_hash` are the columns of the input without the rejected rows.
//!
//! Example: of three rows, the second one has no title.
//!
//! | row | `job_id` | title | result |
//! |---|---|---|---|
//! | 0 | a | `Kế Toán - Lương 20 Triệu` | derived row 0: a, `Kế Toán` |
//! | 1 | b | NULL | rejected: `title`, `title_missing`; `kept` is false |
//! | 2 | c | `Lái Xe` | derived row 1: c, `Lái Xe` |
//!
//! Names, addresses and locations repeat, so a kernel remembers the results for them in a bounded [cache](crate::cache).

mod columns;
mod company;
mod place;
mod reject;
mod title;

use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema};
pub use jobinsight_core::RuleSet;

use self::columns::{Input, Output};
use self::company::Companies;
use self::place::{DerivedPlaces, Places};
pub(crate) use self::reject::RowError;
pub use self::reject::{RejectReason, RejectedRow};
use self::title::Titles;
use crate::rule_book::RuleBook;
use crate::{Warnings, text};

/// The result of a batch.
#[derive(Debug, Clone)]
pub struct Transformed {
    /// The derived columns of the rows that are kept, see [`derived_schema`].
    pub batch: RecordBatch,
    /// Which rows of the input are kept.
    pub kept: BooleanArray,
    /// The other rows.
    pub rejects: Vec<RejectedRow>,
}

/// The columns of [`Transformed::batch`]. `location_pairs` is the text of a JSON array; `location_codes` and `warnings`
/// are array literals of PostgreSQL. They are texts because they are cast where they are stored.
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

/// Derives a batch with the columns `job_id`, `source_hash`, `title`, `company_name`, `location` and `location_detail` by
/// a new kernel.
///
/// # Errors
/// A column is missing or has another type.
pub fn transform(input: &RecordBatch, rules: RuleSet) -> Result<Transformed, ArrowError> {
    Kernel::new(rules).transform(input)
}

/// The kernel of a lane: buffers that all rows share, and the cached results.
pub struct Kernel {
    titles: Titles,
    companies: Companies,
    places: Places,
}

impl Kernel {
    /// A kernel with the built-in tables.
    pub fn new(rules: RuleSet) -> Self {
        Self::with(rules, &RuleBook::shipped())
    }

    /// A kernel with the given rule book.
    pub(crate) fn with(rules: RuleSet, book: &RuleBook) -> Self {
        Self {
            titles: Titles::new(rules, &book.titles),
            companies: Companies::new(rules, &book.companies),
            places: Places::new(rules, &book.provinces),
        }
    }

    /// See [`transform`].
    ///
    /// # Errors
    /// A column is missing or has another type.
    pub fn transform(&mut self, input: &RecordBatch) -> Result<Transformed, ArrowError> {
        let input = Input::of(input)?;
        let mut output = Output::for_input(&input);
        for row in 0..input.rows() {
            match self.derive(&input.posting(row)) {
                Ok(derived) => output.push(&derived),
                Err(error) => output.reject(row, error),
            }
        }
        output.finish(&input)
    }

    /// Derives one row.
    #[inline]
    pub(crate) fn derive<'a>(
        &'a mut self,
        posting: &RawPosting<'a>,
    ) -> Result<DerivedRow<'a>, RowError> {
        let (title, mut warnings) = self.titles.derive(posting.title)?;
        let company = self.companies.derive(posting.company)?;
        let places = self.places.derive(posting.location, posting.detail)?;
        warnings |= places.warnings;
        Ok(DerivedRow {
            title,
            company,
            places,
            warnings,
        })
    }
}

/// The columns of a crawled posting that the kernel reads.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RawPosting<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) company: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
    pub(crate) detail: Option<&'a str>,
}

/// The derived values of a row, see [`derived_schema`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct DerivedRow<'a> {
    pub(crate) title: &'a str,
    pub(crate) company: Option<&'a str>,
    pub(crate) places: DerivedPlaces<'a>,
    pub(crate) warnings: Warnings,
}

/// A text without U+0000, which PostgreSQL cannot store.
fn without_nul(text: &str, warnings: &mut Warnings) -> String {
    let (clean, dropped) = text::without_nul(text);
    if dropped {
        *warnings |= Warnings::NUL_DROPPED;
    }
    clean.into_owned()
}

#[cfg(test)]
mod tests;
