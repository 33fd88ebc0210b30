//! Explains, for `explain-row`, the facts of one posting, each with the words that it was read from.

use jobinsight_core::Result;
use jobinsight_core::explain::{Field, Posting, Step, Story, TableLine};
use jobinsight_kernels as kernels;
use jobinsight_kernels::facts::{self, FactTexts, posting_key};
use serde_json::Value;

use crate::rules::fact_book;

/// The texts that facts are read from, and the flags of `explain-row` for them.
const TEXTS: [(&str, &str); 2] = [("title", "--title"), ("location", "--location")];

/// The steps that `jobinsight explain-row` shows for a posting.
pub(crate) fn explain(posting: &Posting<'_>) -> Result<Story> {
    let book = fact_book(&posting.loaded.settings)?;
    let [title, location] = TEXTS.map(|(column, flag)| {
        let text = posting.raw.get(column).or_else(|| posting.raw.get(flag));
        text.and_then(Value::as_str)
    });
    let skills = posting.raw("skills");
    let skills_text = (!skills.is_null()).then(|| skills.to_string());
    let texts = FactTexts {
        title,
        location,
        skills: skills_text.as_deref(),
    };
    let explained = facts::explain(&book, texts).into_iter();
    let mut fields: Vec<Field> = explained
        .map(|explained| Field {
            field: explained.field,
            given: match explained.field {
                "skills" => skills.clone(),
                _ => explained.given.into(),
            },
            steps: explained.steps.into_iter().map(step).collect(),
            made: explained.made,
            ..Field::default()
        })
        .collect();
    if let (Some(title), Some(key)) = (fields.first_mut(), key(posting)) {
        title.made.insert("posting_key".to_owned(), key.into());
    }
    Ok(Story::of(fields))
}

fn step(step: kernels::Step) -> Step {
    let lines = step.lines.into_iter().map(|line| TableLine {
        table: line.table,
        line: line.line,
        text: line.text,
    });
    Step::new(step.rule, step.before, step.after).by(lines.collect())
}

/// The key of the posting, from the columns that earlier phases produced.
fn key(posting: &Posting<'_>) -> Option<i64> {
    let codes = posting.made.get("province_codes").map(|codes| match codes {
        Value::Array(codes) => {
            let codes: Vec<&str> = codes.iter().filter_map(Value::as_str).collect();
            codes.join(",")
        }
        codes => codes.as_str().unwrap_or_default().to_owned(),
    });
    let company = posting.made.get("company_key").and_then(Value::as_str);
    posting_key(posting.text("title_clean")?, company, codes.as_deref())
}
