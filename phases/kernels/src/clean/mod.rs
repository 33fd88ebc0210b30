//! Cleans a table of raw postings: all kernels in one call, from Arrow to Arrow.
//!
//! 1. The texts of the batch are read. A text column may have any of Arrow's text types. `title` must exist; a missing
//!    `company_name`, `location`, `location_detail` or `skills` is NULL in every row.
//! 2. The [kernel](crate::kernel) derives titles, companies and places, and rejects rows without a title and rows with a text
//!    that is too long for staging.
//! 3. If they are wanted, the [facts] are read.
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

mod input;
mod lists;
mod options;
mod reports;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, Field, FieldRef, Schema};
use arrow_select::filter::filter;

pub use self::options::CleanOptions;
use self::reports::{KEY, Reports};
use crate::facts::{self, FactBook, FactInput, FactReader};
use crate::kernel::{Kernel, Transformed};
use crate::rule_book::RuleBook;
use crate::rule_set::RuleSet;
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
        Ok(Self::with(options.rules, book, fact_book.transpose()?))
    }

    fn with(rules: RuleSet, book: RuleBook, fact_book: Option<Arc<FactBook>>) -> Self {
        Self {
            kernel: Kernel::with(rules, &book),
            facts: fact_book.as_ref().map(FactReader::new),
            rules,
            book,
            fact_book,
            seen: 0,
        }
    }

    /// Another cleaner by the same rules, with empty caches, for another thread.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::with(self.rules, self.book.clone(), self.fact_book.clone())
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
        let mut derived = derived(&made)?;
        let warnings = self.warnings(&made, keys.as_ref())?;
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

    /// The warnings of the rows that are kept, one on each row of the table.
    fn warnings(
        &self,
        made: &Transformed,
        keys: Option<&StringArray>,
    ) -> Result<RecordBatch, ArrowError> {
        let mut reports = Reports::of_warnings(keys, self.seen);
        let kept = made.kept.values().set_indices();
        for (row, literal) in kept.zip(text(&made.batch, "warnings")?) {
            for word in lists::words(literal.unwrap_or_default()) {
                let known = warnings::ALL.iter().find(|warning| warning.word == word);
                let field = known.map_or("", |warning| warning.field);
                reports.add(row, [Some(field), Some(word)]);
            }
        }
        reports.finish()
    }
}

/// A key for each row, which takes no memory. The keys of a user pass through, whatever their type is.
fn no_keys(rows: usize) -> StringArray {
    let mut keys = StringBuilder::with_capacity(rows, 0);
    for _ in 0..rows {
        keys.append_value("");
    }
    keys.finish()
}

/// The derived columns of the rows that are kept. Array literals become lists.
fn derived(made: &Transformed) -> Result<Vec<(FieldRef, ArrayRef)>, ArrowError> {
    let schema = made.batch.schema();
    let columns = schema.fields().iter().zip(made.batch.columns());
    let columns =
        columns.filter(|(field, _)| !matches!(field.name().as_str(), KEY | "title_salary"));
    columns
        .map(|(field, column)| match field.name().as_str() {
            "location_codes" | "province_codes" | "warnings" => {
                let lists = lists::of_literals(text(&made.batch, field.name())?);
                let own = Field::new(field.name(), lists.data_type().clone(), field.is_nullable());
                Ok((Arc::new(own), Arc::new(lists) as ArrayRef))
            }
            _ => Ok((Arc::clone(field), Arc::clone(column))),
        })
        .collect()
}

/// The columns of facts: title, location and skills are the raw texts.
fn fact_columns(
    reader: &mut FactReader,
    raw: [&ArrayRef; 3],
    made: &RecordBatch,
) -> Result<Vec<(FieldRef, ArrayRef)>, ArrowError> {
    let [titles, locations, skills] = raw.map(AsArray::as_string);
    let input = FactInput {
        titles,
        locations,
        skills,
        clean_titles: text(made, "title_clean")?,
        company_keys: text(made, "company_key")?,
        province_codes: text(made, "province_codes")?,
    };
    let (facts, columns) = facts::columns(reader, input);
    let columns = facts::COLUMNS.iter().zip(columns);
    let columns = columns.map(|((name, _), column)| {
        let column: ArrayRef = match *name {
            "languages" => Arc::new(lists::of_texts(facts.iter().map(|row| &*row.languages))),
            "skills_normalized" => Arc::new(lists::of_texts(facts.iter().map(|row| &*row.skills))),
            _ => column,
        };
        let field = Field::new(*name, column.data_type().clone(), true);
        (Arc::new(field), column)
    });
    Ok(columns.collect())
}

/// The columns of the batch without the rejected rows, and the derived columns, which replace columns of the same name.
fn rows(
    batch: &RecordBatch,
    kept: &BooleanArray,
    derived: Vec<(FieldRef, ArrayRef)>,
) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut derived: Vec<Option<(FieldRef, ArrayRef)>> = derived.into_iter().map(Some).collect();
    let mut all = Vec::with_capacity(schema.fields().len() + derived.len());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let same = derived.iter_mut().find(|made| {
            let name = made.as_ref().map(|(made, _)| made.name());
            name == Some(field.name())
        });
        all.push(match same.and_then(Option::take) {
            Some(made) => made,
            None => (Arc::clone(field), filter(column, kept)?),
        });
    }
    all.extend(derived.into_iter().flatten());
    let (fields, columns): (Vec<FieldRef>, Vec<ArrayRef>) = all.into_iter().unzip();
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    RecordBatch::try_new(Arc::new(schema), columns)
}

/// A text column that the kernel derived.
fn text<'a>(made: &'a RecordBatch, name: &str) -> Result<&'a StringArray, ArrowError> {
    let column = made.column_by_name(name);
    let column = column.and_then(|column| column.as_string_opt::<i32>());
    column.ok_or_else(|| ArrowError::SchemaError(format!("the kernel derives no text `{name}`")))
}
