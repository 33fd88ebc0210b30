//! What holds for every text.
#![allow(missing_docs)]

use jobinsight_data_processing::standard::{company, place, title};
use jobinsight_data_processing::text;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

/// Texts made of what titles and names are made of, so that rules meet.
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
    ]);
    prop_oneof![
        prop::collection::vec(words, 0..10).prop_map(|words| words.join(" ")),
        prop::collection::vec(any::<char>(), 0..60).prop_map(String::from_iter),
        "\\PC{0,80}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn titles_are_idempotent_never_emptied_never_longer(given in texts()) {
        let once = title::clean(&given).text;
        prop_assert_eq!(&title::clean(&once).text, &once);
        prop_assert_eq!(&title::clean(&given.nfd().collect::<String>()).text, &title::clean(&given.nfc().collect::<String>()).text);
        if text::clean(&given).chars().any(char::is_alphabetic) {
            prop_assert!(!once.is_empty());
        }
        let (before, after) = (text::clean(&given).chars().count(), once.chars().count());
        // A space before a bracket and round a dash is all that is ever added.
        let signs = given.chars().filter(|c| "([【-–—_|".contains(*c)).count();
        prop_assert!(after <= before + 2 * signs, "{before} → {after}");
    }

    #[test]
    fn companies_are_idempotent_and_never_emptied(given in texts()) {
        let once = company::standardize(&given);
        prop_assert_eq!(&company::standardize(&once), &once);
        prop_assert_eq!(company::standardize(&given.nfd().collect::<String>()), company::standardize(&given.nfc().collect::<String>()));
        if text::clean(&given).chars().any(char::is_alphabetic) {
            prop_assert!(!once.is_empty());
        }
    }

    #[test]
    fn places_are_idempotent(given in texts()) {
        let pairs = place::pairs(&given);
        let once = place::refine(&given, &pairs);
        prop_assert_eq!(&place::refine(&once, &pairs), &once);
    }
}
