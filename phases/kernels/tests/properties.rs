//! Properties of every text.
#![allow(clippy::unwrap_used, missing_docs)]

mod invariants;

use jobinsight_core::metrics::thread_cpu;
use jobinsight_kernels::standard::title;
use proptest::prelude::*;

/// Texts of the words of titles and names, so that several rules apply to one text.
fn texts() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Kế Toán",
        "Nhân Viên",
        "Lương 20 Triệu",
        "Thu Nhập",
        "Upto",
        "15-20tr",
        "Hà Nội",
        "HCM",
        "Quận 7",
        "TA163",
        "C++",
        "C#",
        ".NET",
        "Tuyển",
        "Tuyển Dụng",
        "Gấp",
        "Hot",
        "Photo",
        "(",
        ")",
        "[",
        "]",
        " - ",
        "-",
        "–",
        "/",
        "_",
        "|",
        ",",
        "...",
        "…",
        "Tại",
        "Khu Vực",
        "CTCP",
        "Cty",
        "TNHH",
        "CÔNG TY",
        "Công ty",
        "Cổ Phần",
        "JSC",
        "Co., Ltd",
        "FPT",
        "k&l",
        "8",
        "\u{200b}",
        "\u{a0}",
        "🔥",
        "Nữ",
        "a",
        "ế",
        "Part-Time",
        "Full",
        "Time",
        "Khu Vực",
        "Yêu Cầu",
        "Tiếng Trung",
        "Hỗ Trợ",
        "Và",
        "TP",
        "$1000",
        "3",
        "Năm",
        "】",
        "【",
    ]);
    prop_oneof![
        prop::collection::vec(words, 0..10).prop_map(|words| words.join(" ")),
        prop::collection::vec(prop::sample::select(words_of_tables()), 1..6)
            .prop_map(|words| words.join(" ")),
        prop::collection::vec(any::<char>(), 0..60).prop_map(String::from_iter),
        "\\PC{0,80}",
    ]
}

/// The words of the rule tables, and the marks of the tables, which are signs in a title.
fn words_of_tables() -> Vec<String> {
    let tables = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/tables");
    let mut words = Vec::new();
    for table in std::fs::read_dir(tables).unwrap() {
        let text = std::fs::read_to_string(table.unwrap().path()).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        words.extend(lines.flat_map(|line| line.split([' ', ',']).map(str::to_owned)));
    }
    words.sort();
    words.dedup();
    words
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn titles_are_idempotent_never_emptied_never_longer(given in texts()) {
        invariants::of_title(&given);
    }

    #[test]
    fn companies_are_idempotent_and_never_emptied(given in texts()) {
        invariants::of_company(&given);
    }

    #[test]
    fn places_are_idempotent(given in texts()) {
        invariants::of_places(&given, &given);
    }
}

/// The inputs that the fuzzers kept.
#[test]
fn every_input_of_the_fuzz_corpus_passes() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fuzz/corpus");
    for (target, check) in [
        ("title", invariants::of_title as fn(&str)),
        ("company", invariants::of_company),
        ("places", invariants::of_page),
    ] {
        let files = std::fs::read_dir(format!("{corpus}/{target}")).unwrap();
        let inputs: Vec<_> = files
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
        assert!(inputs.len() > 10, "{target}: {}", inputs.len());
        for input in inputs {
            check(&String::from_utf8_lossy(&input));
        }
    }
}

/// One cleaner for many titles returns the same as a new cleaner for each title.
#[test]
fn earlier_titles_do_not_change_a_result() {
    let titles = [
        "Kế Toán - Lương 20 Triệu",
        "",
        "Ke\u{302}\u{301} Toa\u{301}n",
        "a\u{a0}b",
        "🔥",
        "(",
        "Kế Toán",
        "付款专员 - Tiếng Trung",
    ];
    let mut cleaner = title::Cleaner::new();
    for _ in 0..2 {
        for title in titles {
            let alone = title::clean(title);
            let clean = cleaner.clean(title);
            let shared = (clean.text, clean.pay, clean.warnings);
            let wanted = (&*alone.text, alone.pay.as_deref(), alone.warnings);
            assert_eq!(shared, wanted, "{title:?}");
        }
    }
}

/// Ten megabytes of repeated text, and nested signs in titles as long as the column, take bounded time.
#[test]
fn hostile_titles_take_bounded_time() {
    let start = thread_cpu();
    for unit in [
        "(",
        "[(",
        "- ",
        "a, ",
        "Tuyển ",
        "part time ",
        "_",
        "/Hà Nội",
        "🔥",
        "e\u{301}\u{301}",
        "\u{200b}",
        "1.",
        "Tại ",
    ] {
        title::clean(&unit.repeat(10_000_000 / unit.len()));
        let mut cleaner = title::Cleaner::new();
        let title: String = unit.chars().cycle().take(invariants::COLUMN).collect();
        for _ in 0..100 {
            cleaner.clean(&title);
        }
    }
    // An unoptimised build needs far less, and a quadratic algorithm would need far more.
    let took = thread_cpu().saturating_sub(start);
    assert!(took.as_secs() < 120, "{took:?}");
}

/// Custom lines are rules like the shipped ones, and an error names a line that is not a rule.
#[test]
fn custom_lines_are_added_to_the_tables() {
    use title::{Table, TableLines, TitleRules};
    let add = |table, text| {
        TitleRules::new(&[TableLines {
            table,
            name: "extra",
            text,
        }])
    };
    let rules = add(Table::Places, "Lào Lạ")
        .map(std::sync::Arc::new)
        .unwrap();
    let mut cleaner = title::Cleaner::with(rules);
    assert_eq!(cleaner.clean("Kế Toán - Lào Lạ").text, "Kế Toán");
    for (table, text, wanted) in [
        (
            Table::Tails,
            "# a comment\nlương 20",
            "extra, line 2: `20` is not a word",
        ),
        (Table::Tails, "^", "extra, line 1: `^` is not a word"),
        (
            Table::Tails,
            "lương | behind: a",
            "extra, line 1: `behind: a` is not a condition",
        ),
        (
            Table::Words,
            "tr",
            "extra, line 1: the name of a list must come before its words",
        ),
        (
            Table::Words,
            "[units]",
            "extra, line 1: there is no list [units]",
        ),
        (
            Table::Places,
            "Hà Nội,,Huế",
            "extra, line 1: there is no word",
        ),
    ] {
        let error = add(table, text).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{error}");
    }
}
