//! Explains the facts of one posting, each with the words that it was read from.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::explain::ExplainedField;
use crate::facts::book::FactBook;
use crate::facts::reading::{Evidence, FactReader, FactTexts, Facts};
use crate::steps::Step;

/// The facts that these texts state, and the steps of each field. The first field is the title, and its values are all facts. A
/// field without a step is left out, apart from the title.
pub fn explain(book: &Arc<FactBook>, texts: FactTexts<'_>) -> Vec<ExplainedField> {
    let mut reader = FactReader::explaining(book);
    let facts = reader.read(texts);
    let evidence = reader.take_evidence();
    let field = |field: &'static str, given: Option<&str>| {
        let told = evidence.iter().filter(|told| told.from == field);
        ExplainedField {
            field,
            given: given.map(str::to_owned),
            steps: told.map(|told| step(book, told)).collect(),
            made: Map::new(),
            warnings: Vec::new(),
        }
    };
    let mut title = field("title", texts.title);
    title.made = made(&facts);
    let others = [("location", texts.location), ("skills", texts.skills)];
    let others = others.map(|(name, given)| field(name, given));
    let others = others.into_iter().filter(|field| !field.steps.is_empty());
    std::iter::once(title).chain(others).collect()
}

fn step(book: &FactBook, told: &Evidence) -> Step {
    let lines = told.lines.iter().filter_map(|line| book.line(*line));
    let rule = match told.column {
        "skills_normalized" => "a skill has one spelling".to_owned(),
        column => format!("words that state the {}", column.replace('_', " ")),
    };
    Step::new(rule, &told.words, &told.value).by(lines.cloned().collect())
}

/// The columns that have a value.
fn made(facts: &Facts) -> Map<String, Value> {
    let list = |items: Vec<&str>| (!items.is_empty()).then(|| Value::from(items));
    let values: [(&str, Value); 7] = [
        ("experience_min", facts.experience_min.into()),
        ("experience_max", facts.experience_max.into()),
        ("level", facts.level.into()),
        ("work_mode", facts.work_mode.into()),
        ("employment_type", facts.employment_type.into()),
        (
            "languages",
            list(facts.languages.iter().map(AsRef::as_ref).collect()).into(),
        ),
        (
            "skills_normalized",
            list(facts.skills.iter().map(AsRef::as_ref).collect()).into(),
        ),
    ];
    let stated = values.into_iter().filter(|(_, value)| !value.is_null());
    stated
        .map(|(column, value)| (column.to_owned(), value))
        .collect()
}
