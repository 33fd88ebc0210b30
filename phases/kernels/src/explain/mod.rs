//! Explains what the rules do to one posting. The results come from the kernel; the steps come from the same code, run once
//! more with a recorder.

use std::iter;

use serde_json::{Map, Value, json};

use crate::kernel::{Kernel, RawPosting, RuleSet};
use crate::rule_book::RuleBook;
use crate::standard::company::Standardizer;
use crate::standard::place::Places;
use crate::standard::title::Cleaner;
use crate::steps::Step;
use crate::v1;
use crate::warnings::Warning;

/// The explanation of a posting.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The fields that the kernel reads, in order.
    pub fields: Vec<ExplainedField>,
    /// Why the posting is rejected, if it is: the column and the word of the reason.
    pub rejected: Option<(&'static str, &'static str)>,
}

/// A field of the posting.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedField {
    /// The column that is read.
    pub field: &'static str,
    /// The value of that column.
    pub given: Option<String>,
    /// The changes, in order.
    pub steps: Vec<Step>,
    /// The derived columns, with their values.
    pub made: Map<String, Value>,
    /// The words of the warnings.
    pub warnings: Vec<&'static str>,
}

/// The results and steps of a posting.
pub fn explain(rules: RuleSet, book: &RuleBook, given: RawPosting<'_>) -> Explanation {
    let steps = match rules {
        RuleSet::Standard => standard_steps(book, given),
        RuleSet::V1 => v1_steps(given),
    };
    let mut kernel = Kernel::with(rules, book);
    let derived = kernel.derive(&given);
    let made: [Vec<(&str, Value)>; 4] = derived.as_ref().map_or_else(
        |_| Default::default(),
        |row| {
            let json = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            let list = |literal: &str| {
                let codes = literal.trim_matches(['{', '}']).split(',');
                let codes = codes.filter(|code| !code.is_empty()).map(str::to_owned);
                codes.collect::<Vec<String>>()
            };
            [
                iter::once(("title_clean", json!(row.title.text)))
                    .chain(row.title.pay.map(|pay| ("title_salary", json!(pay))))
                    .collect(),
                vec![
                    ("company_name_standardized", json!(row.company.name)),
                    ("company_key", json!(row.company.key)),
                ],
                vec![("location_pairs", json!(row.places.pairs.map(json)))],
                vec![
                    ("location", json!(row.places.location)),
                    ("location_codes", json!(list(row.places.codes))),
                    ("province_codes", json!(row.places.province_codes.map(list))),
                    ("places", json!(row.places.places.map(json))),
                ],
            ]
        },
    );
    let warnings: Vec<Warning> = derived
        .as_ref()
        .map_or_else(|_| Vec::new(), |row| row.warnings.iter().collect());
    let fields = [
        ("title", given.title),
        ("company_name", given.company),
        ("location_detail", given.detail),
        ("location", given.location),
    ];
    let explained = fields.into_iter().zip(steps).zip(made);
    Explanation {
        fields: explained
            .map(|(((field, given), steps), made)| ExplainedField {
                field,
                given: given.map(str::to_owned),
                steps,
                made: made.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
                warnings: warnings
                    .iter()
                    .filter(|warning| warning.field == field)
                    .map(|warning| warning.word)
                    .collect(),
            })
            .collect(),
        rejected: derived
            .err()
            .map(|error| (error.column, error.reason.word())),
    }
}

/// The steps of title, company, detail and location.
fn standard_steps(book: &RuleBook, given: RawPosting<'_>) -> [Vec<Step>; 4] {
    let mut out = String::new();
    let title = given.title.map_or_else(Vec::new, |title| {
        let mut cleaner = Cleaner::with(book.titles.clone());
        cleaner.clean_recorded(title, &mut out).1.steps
    });
    let company = given.company.map_or_else(Vec::new, |name| {
        Standardizer::explain(&book.companies, name).1
    });
    let (detail, location) = (given.detail, given.location);
    let (detail, location) = Places::explain(
        &book.places,
        detail.unwrap_or_default(),
        location.unwrap_or_default(),
    );
    [title, company, detail, location]
}

/// The steps of the v1 functions, one for each field.
fn v1_steps(given: RawPosting<'_>) -> [Vec<Step>; 4] {
    let step = |rule: &str, before: &str, after: &str| {
        let changed = before != after;
        changed.then(|| Step::new(rule, before, after))
    };
    let pairs = given.detail.map(v1::extract_location_info);
    let pairs = pairs.unwrap_or_default();
    let title = given.title.and_then(|title| {
        let rule = "clean_title of the Python pipeline";
        step(rule, title, v1::clean_title(title))
    });
    let company = given.company.and_then(|name| {
        let rule = "clean_company_name of the Python pipeline";
        step(rule, name, &v1::clean_company_name(name))
    });
    let detail = given.detail.and_then(|detail| {
        let rule = "extract_location_info of the Python pipeline";
        step(rule, detail, &pairs.join("\n"))
    });
    let location = given.location.and_then(|location| {
        let rule = "refine_location of the Python pipeline";
        step(rule, location, &v1::refine_location(location, &pairs))
    });
    [title, company, detail, location].map(|step| step.into_iter().collect())
}

#[cfg(test)]
mod tests;
