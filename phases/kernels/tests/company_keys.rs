//! One company has one key, and two companies have two.
//!
//! # Module order
//! 1. `names`
#![allow(clippy::unwrap_used, missing_docs)]

mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jobinsight_kernels::standard::company::{key, standardize};
use jobinsight_kernels::text;
use unicode_normalization::UnicodeNormalization;

/// Names of one company on each line.
const SAME: &[&[&str]] = &[
    // Letter case, accents, legal form, badge.
    &[
        "Công ty Cổ phần Bản Viên",
        "BAN VIEN COMPANY",
        "Bản Viên Pro Company",
        "Bản Viên Corporation",
        "Công ty TNHH MTV Bản Viên",
    ],
    // The country at the end.
    &[
        "MiTek",
        "MiTek Viet Nam",
        "Công ty TNHH MiTek (Việt Nam)",
        "MiTek VN Co., Ltd",
    ],
    // A branch, with its region.
    &[
        "Công ty Cổ phần Đại Thuận",
        "Chi nhánh Công ty Cổ phần Đại Thuận tại Hà Nội",
        "CN Công ty CP Đại Thuận",
        "Chi nhánh Hà Nội - Công ty CP Đại Thuận",
        "Công ty CP Đại Thuận-CN Thành phố Hồ Chí Minh",
        "Công ty CP Đại Thuận - Chi nhánh Hai Bà Trưng - Phòng giao dịch Vân Hồ",
        "VPĐD Công ty CP Đại Thuận tại TP. Đà Nẵng",
        "Công ty CP Đại Thuận - Văn phòng Hà Nội",
        "Dai Thuan Co., Ltd - Hanoi Branch",
        "Dai Thuan Co., Ltd (Head Office)",
    ],
    // A short name in brackets, after `|`, or after a dash.
    &[
        "Công ty CP Vàng Bạc Đá Quý Phú Nhuận",
        "Công ty CP Vàng Bạc Đá Quý Phú Nhuận (PNJ)",
        "Công ty CP Vàng Bạc Đá Quý Phú Nhuận | PNJ",
        "Công ty CP Vàng Bạc Đá Quý Phú Nhuận - PNJ",
        "PNJ - Công ty CP Vàng Bạc Đá Quý Phú Nhuận",
    ],
    &["Tập đoàn Sunshine - Sunshine Group", "Sunshine"],
    // A brand before the full name, or before the full name in brackets.
    &[
        "GOLDEN GATE CÔNG TY CỔ PHẦN TẬP ĐOÀN GOLDEN GATE",
        "Golden Gate",
    ],
    &[
        "Thời trang Just Men (Công ty TNHH MTV Just Men)",
        "Công ty TNHH Just Men",
    ],
    // A bank, by its full name and by its short one.
    &[
        "Ngân hàng TMCP Việt Nam Thịnh Vượng",
        "Ngân hàng Vpbank - Việt Nam Thịnh Vượng",
        "Ngân hàng Việt Nam Thịnh Vượng VPBANK",
        "VPBank",
    ],
    &["Ngân hàng TNHH MTV Woori Việt Nam", "Woori Bank Vietnam"],
    &["Ngân Hàng TMCP Nam Á (Nam A Bank)", "Nam A Bank"],
    // Short forms of words, words that join, signs.
    &[
        "Công ty TNHH Thương mại và Dịch vụ Mesa",
        "CN Công ty TNHH TM & DV Mesa",
        "Công ty TNHH TM - DV Mesa",
    ],
];

/// Names of different companies on each line.
const DIFFERENT: &[&[&str]] = &[
    &["Sendo", "Sendo Technology", "Tập đoàn Sun Group", "Sun"],
    &[
        "Công ty TNHH KCC (Hà Nội)",
        "Công ty TNHH KCC (Việt Nam)",
        "Công ty TNHH KCC (Singapore)",
    ],
    // What follows a dash is not always a short name.
    &[
        "Công ty CP Thép Minh Phú - Hải Dương",
        "Công ty CP Thép Minh Phú",
    ],
    &["Công ty TNHH Viettel - CHT", "Viettel"],
    &[
        "Công ty TNHH SX - TM - DV - Anavie",
        "Công ty TNHH SX - TM - DV - Minh An",
    ],
    &[
        "Công ty Logistics - Tổng Công ty Bưu điện",
        "Tổng Công ty Bưu điện",
    ],
    // A name of words that say what many companies do.
    &[
        "Công ty TNHH SX - TM - CN An Phát",
        "Công ty TNHH SX - TM - CN Minh Anh",
    ],
    &[
        "Công ty CP Công nghệ & Truyền thông Việt Nam (VNTT)",
        "Công ty CP Công nghệ & Truyền thông Việt Nam (ABC)",
    ],
    // A unit is not its company.
    &[
        "Trung tâm Nghiên cứu Mobifone - Tổng Công ty Viễn thông Mobifone",
        "Tổng Công ty Viễn thông Mobifone",
    ],
    // A company is not the bank of the same name.
    &["Ngân hàng TMCP An Bình", "Công ty TNHH An Bình"],
    &["Công ty TNHH ACB", "Ngân hàng TMCP Á Châu (ACB)"],
    // Nothing but a form, a country or a region.
    &["Công ty TNHH Việt Nam", "Tổng Công ty", "Tập đoàn"],
    &["Công ty TNHH An Phú 1", "Công ty TNHH An Phú 2"],
];

#[test]
fn names_of_one_company_have_one_key() {
    for names in SAME {
        for name in *names {
            assert_eq!(key(name), key(names[0]), "{name} / {}", names[0]);
        }
    }
}

#[test]
fn names_of_different_companies_have_different_keys() {
    for names in DIFFERENT {
        let keys: BTreeSet<String> = names.iter().map(|name| key(name)).collect();
        assert_eq!(keys.len(), names.len(), "{names:?}: {keys:?}");
    }
}

#[test]
fn a_name_without_letters_has_a_key_too() {
    assert_eq!(key("???"), "???");
    assert_eq!(key(&"x".repeat(300)), "x".repeat(300));
    assert_eq!(key(""), "");
}

/// Checks the labelled pairs: at least 97 % are right, and no two companies are merged.
#[test]
fn labelled_pairs_have_one_key_if_they_are_one_company() {
    #[derive(serde::Deserialize)]
    struct Pair {
        a: String,
        b: String,
        same: bool,
    }
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/labels_company_pairs.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let pairs: Vec<Pair> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut missed = 0;
    for Pair { a, b, same } in &pairs {
        let got = key(a) == key(b);
        assert!(!got || *same, "merged by mistake: {a} / {b}");
        if got != *same {
            eprintln!("not merged: {a} / {b}");
            missed += 1;
        }
    }
    assert!(
        missed * 100 <= pairs.len() * 3,
        "{missed} of {} pairs",
        pairs.len()
    );
}

#[test]
fn a_key_does_not_depend_on_how_a_name_is_typed() {
    let mut results = names::SpellingResults::default();
    for name in names::all() {
        let wanted = key(&name);
        let one = standardize(&name);
        let variants = [
            name.to_uppercase(),
            name.to_lowercase(),
            name.nfc().collect(),
            name.nfd().collect(),
            name.replace(' ', " \u{200b} "),
            format!("{name} Pro Company"),
            format!("{name}."),
            one.clone(),
            one.replacen("Công ty TNHH MTV ", "CTY CP ", 1),
            one.replacen("Công ty TNHH ", "Công ty Cổ phần ", 1),
            one.replacen("Công ty Cổ phần ", "Cty TNHH MTV ", 1),
        ];
        for variant in variants {
            results.check(&variant, &key(&variant), &wanted);
        }
        assert!(!wanted.is_empty() || text::is_blank(&name));
        assert_eq!(text::clean(&wanted), wanted, "{name}");
    }
    results.end();
}

/// Words of legal forms, badges and joints, without accents.
const FORMS: &[&str] = &[
    "cong ty",
    "cty",
    "c ty",
    "ctcp",
    "co phan",
    "cp",
    "tnhh",
    "trach nhiem huu han",
    "mtv",
    "mot thanh vien",
    "jsc",
    "joint stock company",
    "co",
    "ltd",
    "llc",
    "inc",
    "corp",
    "corporation",
    "company",
    "limited",
    "pro company",
    "tap doan",
    "viet nam",
    "vietnam",
    "va",
];

/// A name without case, accents, legal form, badge and country. The rules under test are not used.
fn bare(name: &str) -> String {
    let plain = text::unaccented(&text::clean(name));
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).collect();
    let mut text = format!(" {} ", words.join(" "));
    while text.contains("  ") {
        text = text.replace("  ", " ");
    }
    for _ in 0..3 {
        for form in FORMS {
            text = text.replace(&format!(" {form} "), " ");
        }
    }
    text.trim().to_owned()
}

#[test]
fn no_two_keys_differ_only_in_case_accent_legal_form_or_badge() {
    let mut keys = BTreeMap::<String, BTreeMap<String, String>>::new();
    let mut together = BTreeMap::<String, BTreeSet<String>>::new();
    for name in names::all() {
        let bare = bare(&name);
        if !bare.is_empty() {
            keys.entry(bare)
                .or_default()
                .insert(key(&name), name.clone());
        }
        together
            .entry(key(&name))
            .or_default()
            .insert(standardize(&name));
    }
    let wrong: Vec<_> = keys.values().filter(|keys| keys.len() > 1).collect();
    assert!(wrong.is_empty(), "{} names: {wrong:#?}", wrong.len());
    let several = together.values().filter(|names| names.len() > 1);
    eprintln!(
        "{} keys, {} of which have {} standardized names",
        together.len(),
        several.clone().count(),
        several.map(BTreeSet::len).sum::<usize>()
    );
}
