//! Compares the facts with the labels that people made by hand, before they saw a result.

use std::collections::BTreeMap;
use std::fmt::Write;

use jobinsight_core::testing::postings::{read_columns, real_file};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::facts::book::FactBook;
use crate::facts::reading::{FactReader, FactTexts, Facts};

/// The least number of right values of each fact, in a thousand.
const FLOOR: usize = 990;

fn value(facts: &Facts, column: &str) -> Value {
    match column {
        "experience_min" => facts.experience_min.into(),
        "experience_max" => facts.experience_max.into(),
        "level" => facts.level.into(),
        "work_mode" => facts.work_mode.into(),
        "employment_type" => facts.employment_type.into(),
        "languages" => match facts.languages.as_slice() {
            [] => Value::Null,
            languages => languages.into(),
        },
        _ => {
            let mut skills: Vec<&str> = facts.skills.iter().map(AsRef::as_ref).collect();
            skills.sort_unstable();
            skills.into()
        }
    }
}

fn is_same(wanted: &Value, found: &Value) -> bool {
    match (wanted.as_f64(), found.as_f64()) {
        (Some(wanted), Some(found)) => (wanted - found).abs() < 0.01,
        _ => wanted == found,
    }
}

#[test]
fn the_facts_are_as_people_labelled_them() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden");
    let files = ["labels_facts.jsonl", "labels_facts_later.jsonl"];
    let labels = files.map(|file| std::fs::read_to_string(format!("{folder}/{file}")).unwrap());
    let mut reader = FactReader::new(FactBook::shipped());
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut misses = String::new();
    for line in labels.iter().flat_map(|labels| labels.lines()) {
        let label: Value = serde_json::from_str(line).unwrap();
        let text = |column: &str| label.get(column).and_then(Value::as_str);
        let facts = reader.read(FactTexts {
            title: text("title"),
            location: text("location"),
            skills: text("skills"),
        });
        for column in [
            "experience_min",
            "experience_max",
            "level",
            "work_mode",
            "employment_type",
            "languages",
            "skills_normalized",
        ] {
            let mut wanted = label.get(column).cloned().unwrap_or_default();
            if column == "skills_normalized" {
                let Value::Array(skills) = &mut wanted else {
                    continue;
                };
                skills.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
            let found = value(&facts, column);
            let count = counts.entry(column).or_default();
            count.1 += 1;
            if is_same(&wanted, &found) {
                count.0 += 1;
            } else {
                writeln!(
                    misses,
                    "{column}: {wanted} <> {found}: {}",
                    text("title").unwrap_or_default()
                )
                .unwrap();
            }
        }
    }
    println!("{counts:#?}\n{misses}");
    for (column, (right, all)) in counts {
        assert!(
            right * 1000 >= all * FLOOR,
            "{column}: {right} of {all} are right\n{misses}"
        );
    }
}

/// Title, location and skills of the real postings, if they are here.
fn real_postings() -> Vec<[String; 3]> {
    let Some(file) = real_file() else {
        println!("SKIPPED: the files of real postings do not exist");
        return Vec::new();
    };
    let files = [file.with_file_name("other_boards.csv"), file];
    let rows = files.map(|file| read_columns(&file, ["title", "location", "skills"]).unwrap());
    let rows = rows.into_iter().flatten();
    rows.map(|row| row.map(Option::unwrap_or_default)).collect()
}

#[test]
fn real_postings_have_the_same_facts_in_each_encoding_and_one_spelling_of_each_skill() {
    let mut reader = FactReader::new(FactBook::shipped());
    for [title, location, skills] in real_postings() {
        let mut read = |title: &str, skills: &str| {
            reader.read(FactTexts {
                title: Some(title),
                location: Some(&location),
                skills: Some(skills),
            })
        };
        let facts = read(&title, &skills);
        let decomposed = |text: &str| text.nfd().collect::<String>();
        assert_eq!(
            facts,
            read(&decomposed(&title), &decomposed(&skills)),
            "{title}"
        );
        let lower: std::collections::BTreeSet<String> = facts
            .skills
            .iter()
            .map(|skill| skill.to_lowercase())
            .collect();
        assert_eq!(lower.len(), facts.skills.len(), "{:?}", facts.skills);
        for skill in &facts.skills {
            let again = FactBook::shipped().spellings.spelled(skill);
            assert_eq!(again.as_ref(), Some(skill), "{skill}");
        }
    }
}
