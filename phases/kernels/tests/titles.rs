//! Properties of the clean titles of all available postings.
//!
//! # Module order
//! 1. `files`
#![allow(clippy::unwrap_used, missing_docs)]

mod files;

use std::path::Path;

use jobinsight_core::testing::postings::read_columns;
use jobinsight_kernels::Warnings;
use jobinsight_kernels::standard::title::clean;
use unicode_normalization::UnicodeNormalization;

/// The distinct titles of all available postings.
fn titles() -> Vec<String> {
    let files = files::all();
    let rows = files
        .iter()
        .flat_map(|file| read_columns(file, ["title"]).unwrap());
    let mut titles: Vec<String> = rows.flatten().flatten().collect();
    // A blank title is rejected.
    titles.retain(|title| title.contains(char::is_alphanumeric));
    titles.sort();
    titles.dedup();
    titles
}

/// A phrase that introduces a tail, and the words behind which it does not.
struct Introduction {
    words: String,
    not_behind: Vec<String>,
}

/// The lines of `title_tails.txt` with the mark `~`. They are the only list of these phrases.
fn introductions() -> Vec<Introduction> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/tables/title_tails.txt");
    let table = std::fs::read_to_string(table).unwrap();
    let lines = table.lines().filter_map(|line| line.strip_prefix("~ "));
    let read = |line: &str| {
        let (words, behind) = line.split_once(" | not behind: ").unwrap_or((line, ""));
        Introduction {
            words: words.to_owned(),
            not_behind: behind.split(", ").map(str::to_owned).collect(),
        }
    };
    let introductions: Vec<Introduction> = lines.map(read).collect();
    assert!(introductions.len() > 20, "{} lines", introductions.len());
    introductions
}

impl Introduction {
    fn ends(&self, title: &str) -> bool {
        let Some(before) = title.strip_suffix(&self.words) else {
            return false;
        };
        let before = before.trim_end_matches([' ', '-', '/', ',']);
        let is_word =
            title.len() == self.words.len() || !title.ends_with(&format!("{before}{}", self.words));
        let is_allowed = |word: &String| word.is_empty() || !before.ends_with(word.as_str());
        is_word && self.not_behind.iter().all(is_allowed)
    }
}

#[test]
fn no_title_ends_in_a_word_that_announces_something() {
    let introductions = introductions();
    for title in titles() {
        let cleaned = clean(&title).text.to_lowercase();
        let found = introductions.iter().find(|words| words.ends(&cleaned));
        assert!(
            found.is_none(),
            "{title}\n → {cleaned}: {}",
            found.unwrap().words
        );
    }
}

#[test]
fn a_clean_title_is_clean_and_not_empty() {
    for title in titles() {
        let cleaned = clean(&title);
        assert_eq!(clean(&cleaned.text).text, cleaned.text, "{title}");
        let decomposed: String = title.nfd().collect();
        assert_eq!(clean(&decomposed), cleaned, "NFD: {title}");
        assert!(cleaned.text.contains(char::is_alphanumeric), "{title}");
    }
}

#[test]
fn no_sign_of_a_clean_title_joins_nothing() {
    for title in titles() {
        let cleaned = clean(&title);
        if cleaned.warnings != Warnings::NONE {
            continue;
        }
        let cleaned = cleaned.text;
        let is_loose = |word: &str| matches!(word, "-" | "_" | "|" | "–");
        let words: Vec<&str> = cleaned.split(' ').collect();
        let ends = [words.first(), words.last()];
        assert!(
            !ends.iter().flatten().any(|word| is_loose(word)),
            "{title}\n → {cleaned}"
        );
        assert!(
            !words
                .windows(2)
                .any(|pair| is_loose(pair[0]) && is_loose(pair[1])),
            "{title}\n → {cleaned}"
        );
        for empty in ["()", "[]", "【】", "( )", "[ ]"] {
            assert!(!cleaned.contains(empty), "{title}\n → {cleaned}");
        }
    }
}
