//! Rows that are kept, and rows that are rejected.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Int64Array, StringArray};

use super::*;

fn batch(rows: &[[Option<&str>; 4]]) -> RecordBatch {
    let column = |index: usize| {
        Arc::new(rows.iter().map(|row| row[index]).collect::<StringArray>()) as ArrayRef
    };
    let keys: StringArray = (0..rows.len()).map(|row| Some(row.to_string())).collect();
    let hashes: Int64Array = (0..rows.len()).map(|row| i64::try_from(row).ok()).collect();
    RecordBatch::try_from_iter([
        ("job_id", Arc::new(keys) as ArrayRef),
        ("source_hash", Arc::new(hashes)),
        ("title", column(0)),
        ("company_name", column(1)),
        ("location", column(2)),
        ("location_detail", column(3)),
    ])
    .unwrap()
}

fn text<'a>(made: &'a Transformed, name: &str) -> Vec<Option<&'a str>> {
    made.batch
        .column_by_name(name)
        .unwrap()
        .as_string::<i32>()
        .iter()
        .collect()
}

#[test]
fn rows_that_can_not_be_published_are_left_out_with_their_reason() {
    let (long, wide) = ("đ".repeat(256), "x".repeat(201));
    let given = batch(&[
        [
            Some("Kế Toán"),
            Some("CTCP ABC"),
            Some("HCM"),
            Some("HCM: \"1\" \\ 2"),
        ],
        [None, None, None, None],
        [Some(" \u{200b}\u{a0}"), None, None, None],
        [Some(&long), None, None, None],
        [Some("Lái Xe"), None, Some(&wide), None],
        [Some("Thủ Kho"), Some(&wide), None, None],
        [None, Some(&wide), Some(&wide), None],
        [Some("Thợ Hàn"), Some("Minh An"), Some("Huế"), Some("Huế")],
    ]);
    for rules in [RuleSet::Standard, RuleSet::V1] {
        let made = transform(&given, rules).unwrap();
        let rejects: Vec<_> = made
            .rejects
            .iter()
            .map(|r| (r.row, r.column, r.reason.word()))
            .collect();
        let wanted = [
            (1, "title", "title_missing"),
            (2, "title", "title_missing"),
            (3, "title", "too_long"),
            (4, "location", "too_long"),
            (5, "company_name", "too_long"),
            (6, "title", "title_missing"),
        ];
        assert_eq!(rejects, wanted, "{rules:?}");
        assert_eq!(text(&made, "job_id"), [Some("0"), Some("7")]);
        let titles = [Some("Kế Toán"), Some("Thợ Hàn")];
        assert_eq!(text(&made, "title_clean"), titles);
        let names = text(&made, "company_name_standardized");
        assert_eq!(names[1], Some("Minh An"));
        for pairs in text(&made, "location_pairs") {
            let pairs: Vec<String> = serde_json::from_str(pairs.unwrap()).unwrap();
            assert_eq!(pairs.len(), 1);
        }
    }
    let made = transform(&given, RuleSet::Standard).unwrap();
    let locations = [Some("Hồ Chí Minh"), Some("Huế")];
    assert_eq!(text(&made, "location"), locations);
    let codes = [Some("{VN-SG}"), Some("{VN-26}")];
    assert_eq!(text(&made, "location_codes"), codes);
}
