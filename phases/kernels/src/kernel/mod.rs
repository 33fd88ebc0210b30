//! The Arrow kernel: whole columns in, derived columns and rejected rows out.
//!
//! 1. The fields are derived one after another: the places of all rows, then the companies, then the titles. So the tables
//!    of one field stay in the CPU caches.
//! 2. A row whose field cannot be stored is rejected, and gets no value in the columns that follow. If more than one field
//!    of a row cannot be stored, the first of title, company and places is the reason.
//! 3. At the end, the values of rejected rows are taken out of the columns that were filled before. This copies columns, so
//!    places come first: nearly all rejected rows are rejected for their places.
//! 4. `job_id` is the column of the input without the rejected rows.
//!
//! Example: of three rows, the second one has no title.
//!
//! | row | `job_id` | title | result |
//! |---|---|---|---|
//! | 0 | a | `Kế Toán - Lương 20 Triệu` | a row: a, `Kế Toán` |
//! | 1 | b | NULL | rejected: `title`, `title_missing`; `kept` is false |
//! | 2 | c | `Lái Xe` | a row: c, `Lái Xe` |
//!
//! Names, addresses and locations repeat, so a kernel remembers the results for them in a bounded `cache`.

mod columns;
mod company;
mod place;
mod reject;
mod row;
mod standard_places;
mod text_column;
mod title;
mod v1_places;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;

use self::columns::{Input, Output};
pub use self::columns::{Transformed, derived_schema};
use self::company::CompanyColumn;
use self::place::PlaceColumns;
pub use self::reject::{RejectReason, RejectedRow, RowError};
pub use self::row::{DerivedCompany, DerivedPlaces, DerivedRow, RawPosting};
use self::title::TitleColumn;
use crate::rule_book::RuleBook;
pub use crate::rule_set::RuleSet;

/// Derives a batch with the columns `job_id`, `title`, `company_name`, `location` and `location_detail` by a new kernel.
///
/// # Errors
/// A column is missing or has another type.
pub fn transform(input: &RecordBatch, rules: RuleSet) -> Result<Transformed, ArrowError> {
    Kernel::new(rules).transform(input)
}

/// The kernel of a lane: buffers that all rows share, and the cached results.
pub struct Kernel {
    titles: TitleColumn,
    companies: CompanyColumn,
    places: PlaceColumns,
}

impl Kernel {
    /// A kernel with the built-in tables.
    pub fn new(rules: RuleSet) -> Self {
        Self::with(rules, &RuleBook::shipped())
    }

    /// A kernel with the given rule book.
    pub fn with(rules: RuleSet, book: &RuleBook) -> Self {
        Self {
            titles: TitleColumn::new(rules, &book.titles),
            companies: CompanyColumn::new(rules, &book.companies),
            places: PlaceColumns::new(rules, &book.places),
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
            let places = self.places.derive(input.location(row), input.detail(row));
            output.push_places(row, &places);
        }
        output.end_places();
        for row in 0..input.rows() {
            if !output.is_kept(row) {
                continue;
            }
            match self.companies.derive(input.company(row)) {
                Ok(company) => output.push_company(&company),
                Err(error) => output.reject(row, self.first_error(&input, row, error)),
            }
        }
        output.end_companies();
        for row in 0..input.rows() {
            if !output.is_kept(row) {
                continue;
            }
            match self.titles.derive(input.title(row)) {
                Ok(title) => output.push_title(row, &title),
                Err(error) => output.reject(row, error),
            }
        }
        output.finish(&input)
    }

    /// The reason why a row is rejected that has an error in its company: the error of the first field.
    #[cold]
    fn first_error(&mut self, input: &Input<'_>, row: usize, error: RowError) -> RowError {
        self.titles.derive(input.title(row)).err().unwrap_or(error)
    }

    /// Derives one row.
    ///
    /// # Errors
    /// A field cannot be stored: the first of title and company.
    #[inline]
    pub fn derive<'a>(&'a mut self, posting: &RawPosting<'a>) -> Result<DerivedRow<'a>, RowError> {
        let title = self.titles.derive(posting.title)?;
        let company = self.companies.derive(posting.company)?;
        let places = self.places.derive(posting.location, posting.detail);
        let warnings = title.warnings | places.warnings;
        Ok(DerivedRow {
            title,
            company,
            places,
            warnings,
        })
    }
}
