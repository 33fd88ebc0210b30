//! Whole columns of salaries: Arrow in, Arrow out.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, StringBuilder};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::amount::Amount;
use super::options::SalaryOptions;
use super::parser::SalaryParser;
use super::record::{PayPeriod, Salary, SalarySource, SalaryWarning};
use crate::RuleSet;

/// The digits of a bound in a column.
const PRECISION: u8 = 38;
/// The decimals of a bound in a column.
const SCALE: i8 = 18;

/// The columns that [`parse`] returns. They have the names of the columns of `staging_jobs`, except `salary_warning`: in `staging_jobs`,
/// this word is an item of the list `warnings`.
pub fn schema() -> Schema {
    let bound = |name: &str| Field::new(name, DataType::Decimal128(PRECISION, SCALE), true);
    let word = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    Schema::new(vec![
        bound("salary_min"),
        bound("salary_max"),
        word("salary_type", false),
        word("salary_period", true),
        bound("salary_monthly_min"),
        bound("salary_monthly_max"),
        word("salary_source", true),
        word("salary_warning", true),
    ])
}

/// Parses a column of salaries. `title_pay` is the pay that each title names, as the kernel of titles returns it in
/// `title_salary`: a negotiable salary takes its bounds from there. Each distinct text is parsed once.
///
/// A bound is a decimal with 38 digits, 18 of them after the point. Only an absurd text or an exchange rate with many decimals
/// needs more. Decimals are rounded. A bound that is too large is NULL, and its row has the warning `salary_unparsed`.
///
/// # Errors
/// The columns have different lengths.
pub fn parse(
    salaries: &StringArray,
    title_pay: Option<&StringArray>,
    rules: RuleSet,
    options: &SalaryOptions,
) -> Result<RecordBatch, ArrowError> {
    if title_pay.is_some_and(|pay| pay.len() != salaries.len()) {
        let message = "the columns of salaries and of title pay have different lengths";
        return Err(ArrowError::InvalidArgumentError(message.to_owned()));
    }
    let parser = SalaryParser::new(rules, options);
    let mut known = HashMap::new();
    let mut known_pay = HashMap::new();
    let mut rows = SalaryRows::with_capacity(salaries.len());
    for (row, text) in salaries.iter().enumerate() {
        let text = text.unwrap_or_default();
        let salary = &*known.entry(text).or_insert_with(|| parser.parse(text));
        let pay = title_pay.filter(|pay| pay.is_valid(row) && salary.is_negotiable());
        let pay = pay.map(|pay| pay.value(row));
        let pay = pay.map(|pay| {
            &*known_pay
                .entry(pay)
                .or_insert_with(|| parser.parse_title(pay))
        });
        rows.push(salary, pay);
    }
    rows.finish()
}

/// The columns, row by row.
struct SalaryRows {
    bounds: [Decimal128Builder; 4],
    kinds: StringBuilder,
    periods: StringBuilder,
    sources: StringBuilder,
    warnings: StringBuilder,
}

impl SalaryRows {
    fn with_capacity(rows: usize) -> Self {
        let words = || StringBuilder::with_capacity(rows, rows * 8);
        let bounds = [(); 4].map(|()| {
            Decimal128Builder::with_capacity(rows)
                .with_data_type(DataType::Decimal128(PRECISION, SCALE))
        });
        Self {
            bounds,
            kinds: words(),
            periods: words(),
            sources: words(),
            warnings: words(),
        }
    }

    fn push(&mut self, salary: &Salary, pay: Option<&Salary>) {
        let (salary, source) = salary.or_title(pay);
        let bounds = [
            &salary.min,
            &salary.max,
            &salary.monthly_min,
            &salary.monthly_max,
        ];
        let mut warning = salary.warning;
        for (column, bound) in self.bounds.iter_mut().zip(bounds) {
            let digits = bound.as_ref().map(fixed);
            if digits == Some(None) {
                warning = Some(SalaryWarning::Unparsed);
            }
            column.append_option(digits.flatten());
        }
        self.kinds.append_value(salary.kind.word());
        self.periods
            .append_option(salary.period.map(PayPeriod::word));
        self.sources.append_option(source.map(SalarySource::word));
        self.warnings
            .append_option(warning.map(SalaryWarning::word));
    }

    fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let [min, max, monthly_min, monthly_max] =
            self.bounds.each_mut().map(Decimal128Builder::finish);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(min),
            Arc::new(max),
            Arc::new(self.kinds.finish()),
            Arc::new(self.periods.finish()),
            Arc::new(monthly_min),
            Arc::new(monthly_max),
            Arc::new(self.sources.finish()),
            Arc::new(self.warnings.finish()),
        ];
        RecordBatch::try_new(Arc::new(schema()), columns)
    }
}

fn fixed(amount: &Amount) -> Option<i128> {
    amount.fixed(PRECISION.into(), SCALE.into())
}
