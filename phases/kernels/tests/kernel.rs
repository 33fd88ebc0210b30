//! The kernel: which rows are published, which are rejected, and why.
#![allow(clippy::unwrap_used, missing_docs)]

mod rows;

use arrow_array::cast::AsArray;
use jobinsight_kernels::kernel::{RuleSet, Transformed, transform};

use crate::rows::batch;

fn text<'a>(made: &'a Transformed, name: &str) -> Vec<Option<&'a str>> {
    made.batch
        .column_by_name(name)
        .unwrap()
        .as_string::<i32>()
        .iter()
        .collect()
}

#[test]
fn a_row_that_cannot_be_published_is_rejected_with_a_reason() {
    let (long, wide) = ("đ".repeat(256), "x".repeat(2_601));
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
            (5, "company_name", "too_long"),
            (6, "title", "title_missing"),
        ];
        assert_eq!(rejects, wanted, "{rules:?}");
        assert_eq!(text(&made, "job_id"), [Some("0"), Some("4"), Some("7")]);
        let titles = [Some("Kế Toán"), Some("Lái Xe"), Some("Thợ Hàn")];
        assert_eq!(text(&made, "title_clean"), titles);
        let has_key = rules == RuleSet::Standard;
        assert_eq!(text(&made, "company_key")[2].is_some(), has_key);
        let names = text(&made, "company_name_standardized");
        assert_eq!(names[2], Some("Minh An"));
        assert_eq!(
            text(&made, "location")[1],
            Some(&wide[..2_600]),
            "a place never rejects a row"
        );
        let is_standard = rules == RuleSet::Standard;
        let warnings = if is_standard {
            "{location_cut,location_uncoded}"
        } else {
            "{location_cut}"
        };
        assert_eq!(text(&made, "warnings")[1], Some(warnings));
        let pairs = text(&made, "location_pairs");
        let none = (!is_standard).then_some("[]");
        assert_eq!(pairs[1], none, "without pairs");
        for pairs in [pairs[0], pairs[2]] {
            let pairs: Vec<String> = serde_json::from_str(pairs.unwrap()).unwrap();
            assert!(pairs.len() <= 1);
        }
    }
    let made = transform(&given, RuleSet::Standard).unwrap();
    let keys = [Some("abc"), None, Some("minhan")];
    assert_eq!(text(&made, "company_key"), keys);
    let locations = [Some("Hồ Chí Minh"), Some(&wide[..2_600]), Some("Huế")];
    assert_eq!(text(&made, "location"), locations);
    let codes = [Some("{VN-SG}"), Some("{}"), Some("{VN-26}")];
    assert_eq!(text(&made, "location_codes"), codes);
}
