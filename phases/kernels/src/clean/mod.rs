//! Cleans a table of raw postings: all kernels in one call, from Arrow to Arrow.
//!
//! 1. The texts of the batch are read. A text column may have any of Arrow's text types. `title` must exist; a missing
//!    `company_name`, `location`, `location_detail`, `salary`, `deadline`, `crawled_at` or `skills` is NULL in every row.
//! 2. The [kernel](crate::kernel) derives titles, companies and places, and rejects rows without a title and rows with a text
//!    that is too long for staging.
//! 3. [Salaries](salary) and [deadlines](deadline) are parsed, and the [facts](crate::facts) are read if they are wanted.
//! 4. The result has the columns of the batch without the rejected rows, and the derived columns after them. A derived column
//!    replaces a column of the same name: `location` has the clean place.
//!
//! The derived columns have the names of the table `staging_jobs`. Lists of words are Arrow lists: `location_codes`,
//! `province_codes`, `warnings`. `location_pairs` and `places` are texts of JSON, as in the database.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, RecordBatch, StringArray, cast::AsArray};
//! use jobinsight_kernels::clean::{CleanOptions, clean};
//!
//! let titles = StringArray::from(vec![Some("Kế Toán - Lương 20 Triệu"), None]);
//! let batch = RecordBatch::try_from_iter([("title", Arc::new(titles) as ArrayRef)]).unwrap();
//! let cleaned = clean(&batch, &CleanOptions::default()).unwrap();
//! let titles = cleaned.rows.column_by_name("title_clean").unwrap();
//! assert_eq!(titles.as_string::<i32>().value(0), "Kế Toán");
//! let reasons = cleaned.rejected.column_by_name("reason").unwrap();
//! assert_eq!(reasons.as_string::<i32>().value(0), "title_missing");
//! ```

mod columns;
mod lists;
mod options;
mod reports;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, ListArray, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use arrow_select::filter::filter;

use self::columns::{derived, fact_columns, list_column, rows, text};
pub use self::options::CleanOptions;
use self::reports::{KEY, Reports};
use crate::deadline;
use crate::facts::{FactBook, FactReader};
use crate::input;
use crate::kernel::{Kernel, Transformed};
use crate::rule_book::RuleBook;
use crate::rule_set::RuleSet;
use crate::salary::{self, SalaryOptions};
use crate::tables::TableError;
use crate::warnings;

/// The result of a cleaning.
#[derive(Debug, Clone)]
pub struct CleanedBatch {
    /// The clean postings: the columns of the batch, and the derived columns.
    pub rows: RecordBatch,
    /// The rejected postings: `row`, `job_id`, `field`, `reason`, `value`.
    pub rejected: RecordBatch,
    /// The warnings of clean postings: `row`, `job_id`, `field`, `warning`. The column `warnings` of the rows has the same words.
    pub warnings: RecordBatch,
}

/// Cleans one batch. A [`BatchCleaner`] cleans several batches faster, because it remembers results.
///
/// # Errors
/// The column `title` is missing, a column has another type than text, or a change of a user in the rules is not a rule.
pub fn clean(batch: &RecordBatch, options: &CleanOptions) -> Result<CleanedBatch, ArrowError> {
    let cleaner = BatchCleaner::new(options);
    cleaner
        .map_err(|error| ArrowError::ExternalError(Box::new(error)))?
        .clean(batch)
}

/// Cleans batches of one table, one after another. A batch of some ten thousand rows is a good size; a column of the result
/// has at most 2 GiB of text.
pub struct BatchCleaner {
    rules: RuleSet,
    book: RuleBook,
    fact_book: Option<Arc<FactBook>>,
    salary: SalaryOptions,
    as_of: Option<i64>,
    kernel: Kernel,
    facts: Option<FactReader>,
    /// The number of rows of the batches so far.
    seen: u64,
}

impl BatchCleaner {
    /// A cleaner with empty caches.
    ///
    /// # Errors
    /// A change of a user in the rules is not a rule.
    pub fn new(options: &CleanOptions) -> Result<Self, TableError> {
        let changed = options.changed();
        let book = RuleBook::with(changed)?;
        let fact_book = options.with_facts.then(|| FactBook::with(changed));
        Ok(Self {
            kernel: Kernel::with(options.rules, &book),
            facts: None,
            rules: options.rules,
            book,
            fact_book: fact_book.transpose()?,
            salary: options.salary.clone(),
            as_of: options.as_of,
            seen: 0,
        }
        .fork())
    }

    /// Another cleaner by the same rules, with empty caches, for another thread.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            kernel: Kernel::with(self.rules, &self.book),
            facts: self.fact_book.as_ref().map(FactReader::new),
            rules: self.rules,
            book: self.book.clone(),
            fact_book: self.fact_book.clone(),
            salary: self.salary.clone(),
            as_of: self.as_of,
            seen: 0,
        }
    }

    /// Cleans a batch that begins with this row of the table.
    ///
    /// # Errors
    /// See [`Self::clean`].
    pub fn clean_at(
        &mut self,
        first_row: u64,
        batch: &RecordBatch,
    ) -> Result<CleanedBatch, ArrowError> {
        self.seen = first_row;
        self.clean(batch)
    }

    /// Cleans the next batch of the table. Rows are numbered from 0 over all batches.
    ///
    /// # Errors
    /// The column `title` is missing, or a column has another type than text.
    pub fn clean(&mut self, batch: &RecordBatch) -> Result<CleanedBatch, ArrowError> {
        let titles = input::required_text(batch, "title")?;
        let locations = input::text(batch, "location")?;
        let texts: [(&str, StringArray); 5] = [
            (KEY, no_keys(batch.num_rows())),
            ("title", titles.clone()),
            ("company_name", input::text(batch, "company_name")?),
            ("location", locations.clone()),
            ("location_detail", input::text(batch, "location_detail")?),
        ];
        let texts = texts.map(|(name, texts)| (name, Arc::new(texts) as ArrayRef));
        let made = self.kernel.transform(&RecordBatch::try_from_iter(texts)?)?;

        let keys = input::keys(batch, KEY);
        let mut rejected = Reports::of_rejected(keys.as_ref(), self.seen);
        for reject in &made.rejects {
            let values = [
                Some(reject.column),
                Some(reject.reason.word()),
                reject.value.as_deref(),
            ];
            rejected.add(reject.row, values);
        }
        let parsed = [self.salaries(batch, &made)?, self.deadlines(batch, &made)?];
        let [salary, deadline] = &parsed;
        let lists = lists::joined(
            [
                text(salary, "salary_warning")?,
                text(deadline, "deadline_warning")?,
            ],
            text(&made.batch, "warnings")?,
        );
        let warnings = self.warnings(&made, &lists, keys.as_ref())?;
        let mut derived = derived(&made, &parsed, self.as_of.is_some())?;
        derived.push(list_column("warnings", lists, false));
        if let Some(reader) = &mut self.facts {
            let kept = |texts: &StringArray| filter(texts, &made.kept);
            let skills = kept(&input::skills(batch, "skills")?)?;
            let (titles, locations) = (kept(&titles)?, kept(&locations)?);
            let raw = [&titles, &locations, &skills];
            derived.extend(fact_columns(reader, raw, &made.batch)?);
        }
        self.seen += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
        Ok(CleanedBatch {
            rows: rows(batch, &made.kept, derived)?,
            rejected: rejected.finish()?,
            warnings,
        })
    }

    /// The columns of salaries of the rows that are kept.
    fn salaries(&self, batch: &RecordBatch, made: &Transformed) -> Result<RecordBatch, ArrowError> {
        let salaries = filter(&input::text(batch, "salary")?, &made.kept)?;
        let pay = text(&made.batch, "title_salary")?;
        salary::parse(salaries.as_string(), Some(pay), self.rules, &self.salary)
    }

    /// The columns of deadlines of the rows that are kept.
    fn deadlines(
        &self,
        batch: &RecordBatch,
        made: &Transformed,
    ) -> Result<RecordBatch, ArrowError> {
        let deadlines = filter(&input::text(batch, "deadline")?, &made.kept)?;
        let crawled_at = filter(&input::times(batch, "crawled_at")?, &made.kept)?;
        let as_of = self.as_of.unwrap_or_default();
        let (deadlines, crawled_at) = (deadlines.as_string(), crawled_at.as_primitive());
        deadline::parse(deadlines, crawled_at, as_of, self.rules)
    }

    /// The warnings of the rows that are kept, one on each row of the table.
    fn warnings(
        &self,
        made: &Transformed,
        lists: &ListArray,
        keys: Option<&StringArray>,
    ) -> Result<RecordBatch, ArrowError> {
        let mut reports = Reports::of_warnings(keys, self.seen);
        let words = lists.values().as_string::<i32>();
        let ends = lists.value_offsets().windows(2);
        for (row, ends) in made.kept.values().set_indices().zip(ends) {
            for at in ends[0]..ends[1] {
                let word = words.value(usize::try_from(at).unwrap_or_default());
                reports.add(row, [Some(field_of(word)), Some(word)]);
            }
        }
        reports.finish()
    }
}

/// The column that a warning is about. The words of salaries and deadlines begin with it.
fn field_of(warning: &str) -> &str {
    let known = warnings::ALL.iter().find(|known| known.word == warning);
    known.map_or_else(
        || warning.split('_').next().unwrap_or_default(),
        |known| known.field,
    )
}

/// A key for each row, which takes no memory. The keys of a user pass through, whatever their type is.
fn no_keys(rows: usize) -> StringArray {
    let mut keys = StringBuilder::with_capacity(rows, 0);
    for _ in 0..rows {
        keys.append_value("");
    }
    keys.finish()
}
