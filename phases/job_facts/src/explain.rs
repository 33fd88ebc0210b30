//! Explains, for `explain-row`, the facts of one posting, each with the words that it was read from.

use jobinsight_core::explain::{Field, Posting, Step, Story};
use jobinsight_core::{Result, RuleSet};
use serde_json::{Map, Value};

use crate::book::Book;
use crate::posting_key::posting_key;
use crate::reading::{Evidence, FactReader, Facts, Texts};

/// The texts that facts are read from, and the flags of `explain-row` for them.
const TEXTS: [(&str, &str); 2] = [("title", "--title"), ("location", "--location")];

/// The steps that `jobinsight explain-row` shows for a posting.
pub(crate) fn explain(posting: &Posting<'_>) -> Result<Story> {
    let settings = &posting.loaded.settings;
    let book = match settings.rules {
        RuleSet::Standard => Book::with(&settings.custom_rules)?,
        RuleSet::V1 => Book::shipped().clone(),
    };
    let mut reader = FactReader::explaining(&book);
    let [title, location] = TEXTS.map(|(column, flag)| {
        let text = posting.raw.get(column).or_else(|| posting.raw.get(flag));
        text.and_then(Value::as_str)
    });
    let skills = posting.raw("skills");
    let skills_text = (!skills.is_null()).then(|| skills.to_string());
    let facts = reader.read(Texts {
        title,
        location,
        skills: skills_text.as_deref(),
    });
    let evidence = reader.take_evidence();
    let steps = |from: &str| {
        let told = evidence.iter().filter(|told| told.from == from);
        told.map(|told| step(&book, told)).collect::<Vec<_>>()
    };
    let mut fields = vec![Field {
        field: "title",
        given: title.into(),
        steps: steps("title"),
        made: made(posting, &facts),
        ..Field::default()
    }];
    for (field, given) in [("location", location.into()), ("skills", skills)] {
        let steps = steps(field);
        if !steps.is_empty() {
            fields.push(Field {
                field,
                given,
                steps,
                ..Field::default()
            });
        }
    }
    Ok(Story::of(fields))
}

fn step(book: &Book, told: &Evidence) -> Step {
    let lines = told.lines.iter().filter_map(|line| book.line(*line));
    let rule = match told.column {
        "skills_normalized" => "a skill has one spelling".to_owned(),
        column => format!("words that state the {}", column.replace('_', " ")),
    };
    Step::new(rule, &told.words, &told.value).by(lines.cloned().collect())
}

/// The columns of the table that have a value.
fn made(posting: &Posting<'_>, facts: &Facts) -> Map<String, Value> {
    let skills: Vec<&str> = facts.skills.iter().map(AsRef::as_ref).collect();
    let list = |is_empty: bool, value: Value| if is_empty { Value::Null } else { value };
    let codes = posting.made.get("province_codes").map(|codes| match codes {
        Value::Array(codes) => {
            let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
            codes.join(",")
        }
        codes => codes.as_str().unwrap_or_default().to_owned(),
    });
    let key = posting.text("title_clean").and_then(|title| {
        let company = posting.made.get("company_key").and_then(Value::as_str);
        posting_key(title, company, codes.as_deref())
    });
    let values: [(&str, Value); 8] = [
        ("experience_min", facts.experience_min.into()),
        ("experience_max", facts.experience_max.into()),
        ("level", facts.level.into()),
        ("work_mode", facts.work_mode.into()),
        ("employment_type", facts.employment_type.into()),
        (
            "languages",
            list(
                facts.languages.is_empty(),
                facts.languages.as_slice().into(),
            ),
        ),
        ("skills_normalized", list(skills.is_empty(), skills.into())),
        ("posting_key", key.into()),
    ];
    let stated = values.into_iter().filter(|(_, value)| !value.is_null());
    stated
        .map(|(column, value)| (column.to_owned(), value))
        .collect()
}
