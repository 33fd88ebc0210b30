//! Whether a text names places and nothing else.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::super::{provinces, table};
use crate::text::fold;

static DISTRICTS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    table::lines(include_str!("../tables/places.txt"))
        .flat_map(|line| line.split(','))
        .map(key)
        .collect()
});

/// Words that stand before a place's name.
const PREFIXES: [&str; 18] = [
    "thành phố",
    "tp",
    "tỉnh",
    "quận",
    "q",
    "huyện",
    "h",
    "thị xã",
    "tx",
    "phường",
    "p",
    "xã",
    "kcn",
    "khu vực",
    "kv",
    "tại",
    "chi nhánh",
    "cn",
];

fn key(text: &str) -> String {
    let words: Vec<String> = text
        .split([' ', '.', '-'])
        .filter(|word| !word.is_empty())
        .map(fold)
        .collect();
    words.join(" ")
}

/// Places alone, in a list of any kind: `Hà Nội`, `Quận 7, HCM`, `Mỏ Bạch - Thái Nguyên`, `Biên Hòa, Dĩ An`.
pub(super) fn is_place(text: &str) -> bool {
    if text.len() > 160 || text.is_empty() {
        return false;
    }
    one(text) || {
        let mut items = text
            .split([',', '/', '&', '+', ';', '-', '–'])
            .flat_map(|item| item.split(" Và "))
            .map(str::trim)
            .peekable();
        items.peek().is_some() && items.all(|item| one(item.trim_matches(['(', ')', '.', ' '])))
    }
}

/// An address: a list that ends in two places, such as `MB Điện Biên Phủ, Ba Đình, Hà Nội`.
pub(super) fn is_address(text: &str) -> bool {
    let items: Vec<&str> = text.split(',').map(str::trim).collect();
    items.len() >= 3 && items[items.len() - 2..].iter().all(|item| one(item))
}

/// A role without the place that ends it, where a list of places goes on behind it: `Giao Dịch Viên Hà Nội`, …
pub(super) fn without_place(text: &str) -> &str {
    text.match_indices(' ')
        .skip(1)
        // No place is longer, so a hostile title costs no more than its length.
        .find(|(at, _)| text.len() - at <= 60 && one(&text[at + 1..]))
        .map_or(text, |(at, _)| &text[..at])
}

fn one(item: &str) -> bool {
    if item.is_empty() {
        return false;
    }
    if provinces::find(item).is_some() {
        return true;
    }
    let key = key(item);
    if DISTRICTS.contains(&key) || numbered(&key) {
        return true;
    }
    PREFIXES.iter().any(|prefix| {
        key.strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix(' '))
            .is_some_and(|rest| {
                DISTRICTS.contains(rest)
                    || provinces::find(rest).is_some()
                    || rest.chars().all(|c| c.is_ascii_digit())
                    || pair(rest)
            })
    }) || pair(&key)
}

/// Two places without a comma between them: `Hoàng Mai Hà Nội`.
fn pair(key: &str) -> bool {
    key.match_indices(' ').any(|(at, _)| {
        let (first, second) = (&key[..at], &key[at + 1..]);
        (DISTRICTS.contains(first) || numbered(first)) && provinces::find(second).is_some()
    })
}

/// `q7`, `quận 12`.
fn numbered(key: &str) -> bool {
    ["quận ", "q ", "q", "phường ", "district "]
        .iter()
        .filter_map(|prefix| key.strip_prefix(prefix))
        .any(|rest| !rest.is_empty() && rest.len() <= 2 && rest.chars().all(|c| c.is_ascii_digit()))
}
