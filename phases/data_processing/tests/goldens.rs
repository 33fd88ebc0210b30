//! The golden results of `golden/README.md`, line by line.
#![allow(clippy::unwrap_used, missing_docs)]

mod labels;

use std::path::Path;

use jobinsight_data_processing::v1;
use labels::{Cause, Kind};
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

/// The share of a file's labels that must be met, in percent.
fn check_labels(kind: Kind, name: &str, floor: f64) {
    let path = format!("{}/../../{name}", env!("CARGO_MANIFEST_DIR"));
    if name.starts_with("..") && !Path::new(&path).exists() {
        eprintln!("SKIPPED: {path} is missing, so the labels were not checked");
        return;
    }
    let report = labels::measure(kind, Path::new(&path)).unwrap();
    assert!(
        report.percent() >= floor,
        "{name}: {} of {} right, {:.1}%, below {floor}%; `cargo xtask quality` sorts them by cause: {:#?}",
        report.right,
        report.labels,
        report.percent(),
        report.misses,
    );
}

#[test]
fn standard_companies_equal_the_labels() {
    // Two of its 110 labels are older than the rule that brands keep their owners' spelling: MobiFone, IMAP.
    check_labels(
        Kind::Companies,
        "../shared/golden/standard_companies.jsonl",
        98.0,
    );
    check_labels(
        Kind::Companies,
        "tests/golden/labels_companies.jsonl",
        100.0,
    );
}

#[test]
fn standard_titles_equal_most_labels() {
    for file in [
        "../shared/golden/standard_titles.jsonl",
        "tests/golden/labels_titles.jsonl",
        "tests/golden/labels_titles_of_boards.jsonl",
    ] {
        check_labels(Kind::Titles, file, 98.0);
    }
}

#[test]
fn each_miss_has_a_cause() {
    for (got, wanted, cause, kept, cut) in [
        ("Kế Toán Gấp", "Kế Toán", Cause::KeptTooMuch, "gấp", ""),
        ("Kế Toán", "Kế Toán (SAP)", Cause::CutTooMuch, "", "sap"),
        (
            "Hà Nội",
            "Kế Toán Trưởng",
            Cause::OtherPart,
            "hà nội",
            "kế toán trưởng",
        ),
        ("Trưởng Kế Toán", "Kế Toán Trưởng", Cause::Order, "", ""),
        ("Abc AI", "ABC Ai", Cause::Case, "", ""),
        ("Java, C", "Java - C", Cause::Signs, "", ""),
        ("Kho(Nam)", "Kho (Nam)", Cause::Spacing, "", ""),
    ] {
        let (found, more, less) = Cause::find(got, wanted);
        assert_eq!(
            (found, &*more.join("|"), &*less.join("|")),
            (cause, kept, cut),
            "{got} for {wanted}"
        );
    }
}

#[test]
fn labels_are_counted_as_met_or_missed() {
    let path = std::env::temp_dir().join(format!("labels-{}.jsonl", std::process::id()));
    let lines = [
        r#"{"in": "Java / C++ - Gấp", "out": "Java/C++"}"#,
        r#"{"in": "Kế Toán - Gấp", "out": "Kế Toán - Gấp", "unsure": true, "alt": "Kế Toán"}"#,
        r#"{"in": "Lái Xe - Gấp", "out": "Lái Xe - Gấp"}"#,
    ];
    std::fs::write(&path, lines.join("\n")).unwrap();
    let report = labels::measure(Kind::Titles, &path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(
        (report.labels, report.right, report.alternatives),
        (3, 2, 1)
    );
    let [miss] = report.misses.as_slice() else {
        panic!("one miss, not {:?}", report.misses);
    };
    assert_eq!(
        [&*miss.given, &*miss.got, &*miss.wanted],
        ["Lái Xe - Gấp", "Lái Xe", "Lái Xe - Gấp"]
    );
    assert_eq!(
        (miss.cause, &*miss.cut.concat(), miss.kept.len()),
        (Cause::CutTooMuch, "gấp", 0)
    );
    assert!((report.percent_sure() - 50.0).abs() < 1e-9);
}
