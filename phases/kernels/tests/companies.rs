//! One company has one name. This is checked for every company of the real postings.
//!
//! # Module order
//! 1. `names`
#![allow(clippy::unwrap_used, missing_docs)]

mod names;

use std::collections::{BTreeMap, BTreeSet};

use jobinsight_kernels::standard::company::standardize;
use jobinsight_kernels::text;
use unicode_normalization::UnicodeNormalization;

/// Beginnings of names. Recruiters use all spellings of a group for one legal form.
const FORMS: [&[&str]; 3] = [
    &[
        "Công ty TNHH ",
        "Cty TNHH ",
        "C.ty TNHH ",
        "C.TY T.N.H.H ",
        "Cong ty TNHH ",
        "CÔNG TY TRÁCH NHIỆM HỮU HẠN ",
        "Cong Ty Trach Nhiem Huu Han ",
        "cty. tnhh ",
    ],
    &[
        "Công ty Cổ phần ",
        "CTCP ",
        "Cty CP ",
        "C.ty CP ",
        "Công ty CP ",
        "CÔNG TY CỔ PHẦN ",
        "Cong ty co phan ",
        "Cty. Cổ Phần ",
    ],
    &["Công ty ", "Cty ", "C.ty ", "CÔNG TY ", "cong ty "],
];

/// Other spellings of a name that mean the same company.
fn variants(name: &str) -> Vec<String> {
    let mut made = vec![
        name.to_uppercase(),
        name.to_lowercase(),
        name.nfd().collect(),
        name.nfc().collect(),
        format!("  {}\u{a0}", name.replace(' ', "  ")),
        name.replace(' ', " \u{200b}"),
        format!("{name}."),
        format!("{name}..."),
        format!("{name} ,"),
        format!("{name} -"),
        format!("Tuyển dụng {name}"),
    ];
    let one = standardize(name);
    for forms in FORMS {
        if let Some(rest) = one.strip_prefix(forms[0]) {
            made.extend(forms.iter().map(|form| format!("{form}{rest}")));
            break;
        }
    }
    made
}

#[test]
fn all_spellings_of_one_company_have_one_result() {
    let mut results = names::SpellingResults::default();
    for name in names::all() {
        let wanted = standardize(&name);
        for variant in variants(&name) {
            results.check(&variant, &standardize(&variant), &wanted);
        }
    }
    results.end();
}

#[test]
fn cn_is_a_branch_only_before_a_legal_form() {
    for (given, wanted) in [
        ("CN CTY TNHH Minh An", "Chi nhánh Công ty TNHH Minh An"),
        ("cn ctcp Minh An", "Chi nhánh Công ty Cổ phần Minh An"),
        (
            "CN. Ngân hàng TMCP Minh An",
            "Chi nhánh Ngân hàng TMCP Minh An",
        ),
        (
            "Minh An - CN Công ty Minh An",
            "Minh An - Chi nhánh Công ty Minh An",
        ),
        // Elsewhere CN may mean Công nghiệp or Công nghệ.
        ("Công ty TNHH CN Minh An", "Công ty TNHH CN Minh An"),
        ("Minh An TM - CN", "Minh An TM - CN"),
    ] {
        assert_eq!(standardize(given), wanted, "{given}");
    }
}

/// The words and signs of a name without the details in which two spellings of one company may differ: case, encoding and
/// legal form. The rules under test are not used.
fn bare(name: &str) -> String {
    let mut text = format!(" {} ", text::clean(name).to_lowercase());
    text = text.replace(['.', ',', '-', '–', '—'], " ");
    text = text
        .split_whitespace()
        .fold(" ".to_owned(), |all, word| all + word + " ");
    for (form, plain) in [
        (" c ty ", " công ty "),
        (" cty ", " công ty "),
        (" cong ty ", " công ty "),
        (" trách nhiệm hữu hạn ", " tnhh "),
        (" một thành viên ", " mtv "),
        (" 1 thành viên ", " mtv "),
        (" thương mại cổ phần ", " tmcp "),
        (" công ty cổ phần ", " ctcp "),
        (" công ty cp ", " ctcp "),
        (" joint stock company ", " jsc "),
        (" j s c ", " jsc "),
        (" hkd ", " hộ kinh doanh "),
        (" cn công ty ", " chi nhánh công ty "),
        (" đang tuyển ", " "),
        (" pro company ", " "),
        (" cổ phẩn ", " cổ phần "),
        (" ( ", " ("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(form, plain);
    }
    text.split_whitespace()
        .map(text::fold)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn two_companies_never_have_one_result() {
    let mut by_value = BTreeMap::<String, BTreeSet<String>>::new();
    for name in names::all() {
        by_value.entry(standardize(&name)).or_default().insert(name);
    }
    let mut together = 0;
    let mut wrong = Vec::new();
    for (value, names) in &by_value {
        let bare: BTreeSet<String> = names.iter().map(|name| bare(name)).collect();
        together += names.len() - 1;
        if bare.len() > 1 {
            wrong.push(format!("{value}: {names:?}"));
        }
    }
    eprintln!("{together} names are another spelling of one that is there");
    assert!(
        wrong.is_empty(),
        "{} values:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Prints the closest pairs of names: they differ in one letter, digit or sign.
#[test]
fn the_closest_names_stay_distinct() {
    let values: Vec<String> = names::all()
        .iter()
        .map(|name| standardize(name))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut near = BTreeMap::<String, BTreeSet<&str>>::new();
    for value in &values {
        // Names that are equal when one character is removed.
        for (at, c) in value.char_indices() {
            let without = format!("{}{}", &value[..at], &value[at + c.len_utf8()..]);
            near.entry(without).or_default().insert(value);
        }
        near.entry(value.clone()).or_default().insert(value);
    }
    let pairs: BTreeSet<&BTreeSet<&str>> = near.values().filter(|names| names.len() > 1).collect();
    for names in pairs.iter().take(60) {
        eprintln!("near: {names:?}");
    }
    eprintln!("{} groups of names differ in one character", pairs.len());
    for (given, other) in [
        ("Công ty TNHH Minh An", "Công ty TNHH Minh Ân"),
        ("Công ty TNHH Minh An 1", "Công ty TNHH Minh An 2"),
        ("Công ty TNHH K&L", "Công ty TNHH KL"),
        ("Công ty TNHH A+B", "Công ty TNHH A-B"),
        ("Công ty TNHH Minh An", "Công ty Cổ phần Minh An"),
        ("Công ty TNHH MTV Minh An", "Công ty TNHH Minh An"),
        ("Công ty Photo An", "Công ty Pto An"),
    ] {
        assert_ne!(standardize(given), standardize(other));
    }
}
