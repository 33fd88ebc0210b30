//! Properties of every name, page and location, and of whole rows.
//!
//! # Module order
//! 1. `invariants`, `rows`
#![allow(clippy::unwrap_used, missing_docs)]

#[allow(dead_code)] // each test program needs a part of it
mod invariants;
mod rows;

use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use jobinsight_core::metrics::thread_cpu;
use jobinsight_kernels::kernel::{Kernel, RuleSet};
use jobinsight_kernels::standard::place;
use proptest::prelude::*;
use rows::batch;

/// Texts of the words and tags of names and pages, so that several rules apply to one text.
fn texts() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "CTCP",
        "Cty",
        "C.ty",
        "c ty",
        "TNHH",
        "T.N.H.H",
        "1",
        "TV",
        "MTV",
        "CP",
        "CÔNG TY",
        "Công ty",
        "Cổ Phần",
        "JSC",
        "Co., Ltd",
        "Co.",
        "Ltd.",
        "inc",
        "Inc..",
        "corp",
        "NH",
        "TMCP",
        "VPĐD",
        "hkd",
        "FPT",
        "k&l",
        "8",
        "Photo",
        "Hot",
        "Gấp",
        "Tuyển",
        "Dụng",
        "đang",
        "-",
        "--",
        " - ",
        "–",
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "..",
        ";",
        ":",
        ": ",
        "&",
        "/",
        "Hà Nội",
        "Bà Rịa - Vũng Tàu",
        "Vũng Tàu",
        "TP.HCM",
        "Huế",
        "Tỉnh Nghệ An",
        "2 nơi khác",
        "Nhật Bản",
        "<div>",
        "</div>",
        "<br/>",
        "<b>",
        "</b>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<p class=\"a\">",
        "&amp;",
        "&nbsp;",
        "&#0;",
        "&#x1F525;",
        "\n",
        "\r\n",
        "\t",
        "\u{200b}",
        "\u{a0}",
        "\u{301}",
        "e\u{302}\u{301}",
        "İ",
        "ß",
        "ǆ",
        "🔥",
        "\"",
        "\\",
        "a",
        "ế",
        "Đ",
    ]);
    let apart = prop::sample::select(vec!["", " ", "  "]);
    prop_oneof![
        3 => prop::collection::vec((words, apart), 0..12)
            .prop_map(|words| words.into_iter().map(|(word, apart)| word.to_owned() + apart).collect::<String>()),
        1 => prop::collection::vec(any::<char>(), 0..60).prop_map(String::from_iter),
        1 => "\\PC{0,80}",
    ]
}

fn count(text: &str) -> usize {
    text.chars().count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn names_keep_the_invariants(given in texts()) {
        invariants::of_company(&given);
    }

    #[test]
    fn places_keep_the_invariants(detail in texts(), location in texts()) {
        invariants::of_places(&detail, &location);
    }

    #[test]
    fn a_row_has_one_result_in_every_batch_and_fits_its_columns(rows in prop::collection::vec([texts(), texts(), texts(), texts()], 1..6)) {
        let given: Vec<rows::Row<'_>> = rows.iter().map(|row| [0, 1, 2, 3].map(|at| Some(row[at].as_str()))).collect();
        for rules in [RuleSet::Standard, RuleSet::V1] {
            let mut kernel = Kernel::new(rules);
            let all = kernel.transform(&batch(&given)).unwrap();
            prop_assert_eq!(all.batch.num_rows() + all.rejects.len(), rows.len());
            for (name, longest) in [("title_clean", 255), ("company_name_standardized", 200), ("location", 2_600)] {
                let column = all.batch.column_by_name(name).unwrap().as_string::<i32>();
                prop_assert!(column.iter().flatten().all(|text| count(text) <= longest && !text.contains('\0')));
            }
            // Row by row, with the kernel that has read the batch and with a new one.
            let mut at = 0;
            for row in &given {
                let alone = kernel.transform(&batch(&[*row])).unwrap();
                let fresh = Kernel::new(rules).transform(&batch(&[*row])).unwrap();
                prop_assert_eq!(&alone.batch, &fresh.batch);
                if alone.rejects.is_empty() {
                    for name in ["title_clean", "company_name_standardized", "company_key", "location", "location_pairs", "location_codes", "warnings"] {
                        let value = |batch: &RecordBatch, row: usize| {
                            let column = batch.column_by_name(name).unwrap().as_string::<i32>();
                            column.iter().nth(row).flatten().map(str::to_owned)
                        };
                        prop_assert_eq!(value(&alone.batch, 0), value(&all.batch, at), "{}", name);
                    }
                    at += 1;
                }
            }
        }
    }
}

#[test]
fn hostile_texts_take_bounded_time() {
    const BYTES: usize = if cfg!(debug_assertions) {
        1 << 20
    } else {
        10 << 20
    };
    let nested = "<div>".repeat(10_000) + "Huế: 1" + &"</div>".repeat(10_000);
    assert_eq!(place::pairs(&nested), ["Huế: 1"]);
    let units = [
        "<a ",
        "<!--",
        "&",
        "&#0;",
        "Hà Nội: - ",
        "::::",
        "- ",
        "<b><i>",
        "x: y\n",
        "\u{301}",
        "e\u{301}",
        "Cty ",
        "-",
        "gấp ",
        "C.",
        "1TV",
        "\n",
        "\u{200b}",
        "  ",
        "Hà Nội, ",
        " & ",
        "<div>",
        "</div>",
        "<script>",
        "\"",
        "TP. ",
        "x - y: ",
    ];
    let mut kernel = Kernel::new(RuleSet::Standard);
    for unit in units {
        let page = unit.repeat(BYTES / unit.len());
        // Each field by itself, so that a rejected title does not hide the others.
        for at in 0..4 {
            let mut row = ["Kế Toán", "An", "Huế", ""].map(Some);
            row[at] = Some(&page);
            let start = thread_cpu();
            let made = kernel.transform(&batch(&[row])).unwrap();
            let took = thread_cpu().saturating_sub(start);
            assert!(
                took < Duration::from_secs(20),
                "{unit:?} in field {at}: {took:?}"
            );
            assert_eq!(made.batch.num_rows() + made.rejects.len(), 1);
        }
    }
}
