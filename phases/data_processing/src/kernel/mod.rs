//! The Arrow kernel: whole columns in, derived columns and rejected rows out.
//!
//! 1. Each row is derived by itself, in this order: title, company, places. The first field that cannot be stored is the
//!    reason why the row is rejected.
//! 2. A row that is not rejected is appended to the derived columns. A rejected row is appended to none of them, so all
//!    derived columns have the same length.
//! 3. `job_id` is the column of the input without the rejected rows.
//!
//! Example: of three rows, the second one has no title.
//!
//! | row | `job_id` | title | result |
//! |---|---|---|---|
//! | 0 | a | `Kế Toán - Lương 20 Triệu` | derived row 0: a, `Kế Toán` |
//! | 1 | b | NULL | rejected: `title`, `title_missing`; `kept` is false |
//! | 2 | c | `Lái Xe` | derived row 1: c, `Lái Xe` |
//!
//! Names, addresses and locations repeat, so a kernel remembers the results for them in a bounded `cache`.

mod columns;
mod company;
mod place;
mod reject;
mod row;
mod title;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
pub use jobinsight_core::RuleSet;

use self::columns::{Input, Output};
pub use self::columns::{Transformed, derived_schema};
use self::company::CompanyColumn;
use self::place::PlaceColumns;
pub(crate) use self::reject::RowError;
pub use self::reject::{RejectReason, RejectedRow};
use self::row::DerivedRow;
pub(crate) use self::row::RawPosting;
use self::title::TitleColumn;
use crate::rule_book::RuleBook;

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
    pub(crate) fn with(rules: RuleSet, book: &RuleBook) -> Self {
        Self {
            titles: TitleColumn::new(rules, &book.titles),
            companies: CompanyColumn::new(rules, &book.companies),
            places: PlaceColumns::new(rules, &book.provinces),
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
