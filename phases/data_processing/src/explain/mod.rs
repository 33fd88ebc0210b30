//! Explains, for `explain-row`, what the rules do to one posting. The results come from the kernel; the steps come from the
//! same code, run once more with a recorder.

use std::iter;
use std::pin::Pin;

use jobinsight_core::explain::{Field, Posting, Rejected, Step, Story};
use jobinsight_core::{Result, Warning};
use serde_json::{Value, json};

use crate::kernel::{Kernel, RawPosting, RuleSet};
use crate::rule_book::RuleBook;
use crate::standard::company::Standardizer;
use crate::standard::place::Places;
use crate::standard::title::Cleaner;
use crate::v1;

/// The columns that the rules read, and the flags of `explain-row` for their values.
const FLAGS: [(&str, &str); 4] = [
    ("title", "--title"),
    ("company_name", "--company"),
    ("location", "--location"),
    ("location_detail", "--location-detail"),
];

/// Implements [`jobinsight_core::Plugin::EXPLAIN`].
pub(crate) fn explain<'a>(
    posting: &'a Posting<'a>,
) -> Pin<Box<dyn Future<Output = Result<Story>> + Send + 'a>> {
    Box::pin(async move {
        let settings = &posting.loaded.settings;
        let book = RuleBook::with(&settings.custom_rules)?;
        let flag = |column: &str| {
            FLAGS
                .iter()
                .find(|(of, _)| *of == column)
                .map(|(_, flag)| *flag)
        };
        let is_given = |column: &str| {
            let exists =
                |name: &str| posting.raw.contains_key(name) || posting.made.contains_key(name);
            exists(column) || flag(column).is_some_and(exists)
        };
        let text = |column: &str| posting.text(column).or_else(|| posting.text(flag(column)?));
        let given = RawPosting {
            // A posting without a title is rejected, but a question about another field needs no title.
            title: if is_given("title") {
                text("title")
            } else {
                Some("x")
            },
            company: text("company_name"),
            location: text("location"),
            detail: text("location_detail"),
        };
        let mut story = story(settings.rules, &book, given);
        story.fields.retain(|field| is_given(field.field));
        Ok(story)
    })
}

/// The results and steps of a posting.
fn story(rules: RuleSet, book: &RuleBook, given: RawPosting<'_>) -> Story {
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
    let warnings: Vec<&Warning> = derived
        .as_ref()
        .map_or_else(|_| Vec::new(), |row| row.warnings.iter().collect());
    let fields = [
        ("title", given.title),
        ("company_name", given.company),
        ("location_detail", given.detail),
        ("location", given.location),
    ];
    let explained = fields.into_iter().zip(steps).zip(made);
    Story {
        fields: explained
            .map(|(((field, given), steps), made)| Field {
                field,
                given: json!(given),
                steps,
                made: made.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
                warnings: warnings
                    .iter()
                    .filter(|warning| warning.field == field)
                    .map(|warning| warning.word.to_owned())
                    .collect(),
            })
            .collect(),
        rejected: derived.err().map(|error| Rejected {
            field: error.column.to_owned(),
            reason: error.reason.word().to_owned(),
        }),
        notes: Vec::new(),
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
