//! The golden results of `golden/README.md`, line by line.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use jobinsight_data_processing::{standard, v1};
use serde_json::Value;

/// Four hundred lines of the file below, committed, so that the check never falls silent.
const SAMPLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/golden/v1_transforms_sample.jsonl"
);
/// All of them, present where the workspace stands beside `shared`.
const FULL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/golden/v1_transforms.jsonl"
);

fn lines(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(Vec::new, |items| {
        items
            .iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect()
    })
}

/// What the `v1` function named by a line gives for it.
fn apply(line: &Value) -> Value {
    let given = &line["in"];
    match line["fn"].as_str().unwrap() {
        "clean_title" => given.as_str().map_or("", v1::clean_title).into(),
        "clean_company_name" => given
            .as_str()
            .map_or_else(String::new, v1::clean_company_name)
            .into(),
        "extract_location_info" => given
            .as_str()
            .map_or_else(Vec::new, v1::extract_location_info)
            .into(),
        "refine_location" => given["location"].as_str().map_or(Value::Null, |location| {
            v1::refine_location(location, &strings(&given["location_pairs"])).into()
        }),
        other => panic!("unknown function {other}"),
    }
}

fn check_v1(path: &str) {
    let lines = lines(path);
    let mut wrong = 0;
    for line in &lines {
        let got = apply(line);
        if got != line["out"] {
            wrong += 1;
            eprintln!(
                "{} {}\n  wanted {}\n  got    {got}",
                line["fn"], line["in"], line["out"]
            );
        }
    }
    assert_eq!(
        wrong,
        0,
        "{wrong} of {} lines of {path} differ",
        lines.len()
    );
    assert!(lines.len() >= 390, "{path} has only {} lines", lines.len());
}

#[test]
fn v1_equals_the_old_pipeline_on_the_sample() {
    check_v1(SAMPLE);
}

#[test]
fn v1_equals_the_old_pipeline_on_every_line() {
    if Path::new(FULL).exists() {
        check_v1(FULL);
    } else {
        eprintln!("SKIPPED: {FULL} is missing, so only the committed sample was checked");
    }
}

/// A labelled file and the share of its lines that must be right.
fn check_labels(
    name: &str,
    floor: f64,
    rule: impl Fn(&str) -> String,
    same: impl Fn(&str, &str) -> bool,
) {
    let path = format!(
        "{}/../../../shared/golden/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    if !Path::new(&path).exists() {
        eprintln!("SKIPPED: {path} is missing, so the labels were not checked");
        return;
    }
    let lines = lines(&path);
    let mut right = 0_u32;
    for line in &lines {
        let (given, wanted) = (line["in"].as_str().unwrap(), line["out"].as_str().unwrap());
        let got = rule(given);
        if same(&got, wanted) {
            right += 1;
        } else {
            eprintln!("{given}\n  wanted {wanted}\n  got    {got}");
        }
    }
    let share = f64::from(right) / f64::from(u32::try_from(lines.len()).unwrap());
    eprintln!("{name}: {right} of {} right", lines.len());
    assert!(
        share >= floor,
        "{name}: {right} of {} right, below the floor",
        lines.len()
    );
}

#[test]
fn standard_companies_equal_the_labels() {
    check_labels(
        "standard_companies.jsonl",
        1.0,
        standard::company::standardize,
        |a, b| a == b,
    );
}

#[test]
fn standard_titles_equal_most_labels() {
    // Spacing round `/`, `,`, `+` and `&` stays as written and is not compared.
    let tight = |text: &str| {
        ["/", ",", "+", "&"]
            .iter()
            .fold(text.to_owned(), |text, sign| {
                text.split(sign)
                    .map(str::trim)
                    .collect::<Vec<_>>()
                    .join(sign)
            })
    };
    check_labels(
        "standard_titles.jsonl",
        0.9,
        |title| standard::title::clean(title).text,
        |a, b| tight(a) == tight(b),
    );
}
