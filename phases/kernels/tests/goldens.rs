//! The golden results of `golden/README.md`, line by line.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

use jobinsight_kernels::v1;
use serde_json::Value;

/// Four hundred lines of the file below. They are committed, so that the check always runs.
const SAMPLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/golden/v1_transforms_sample.jsonl"
);
/// All lines. The file exists if `shared` is beside the checkout.
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

/// The result of the `v1` function that a line names.
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
