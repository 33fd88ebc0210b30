//! The human languages that a title asks for or teaches.
//!
//! `Tiếng` counts for a list behind it: `Tiếng Anh/Nhật` names two languages. The short names come from the same table: what
//! stands behind the first word of a phrase of two words, such as `tiếng nhật`.

use crate::gap::Gap;
use crate::rules::line::{IGNORE, RuleLine};
use crate::rules::phrases::Hit;
use crate::words::Words;

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Language {
    /// The code of ISO 639-1; `None` for words that name no language.
    code: Option<String>,
    /// The names behind `tiếng`.
    short: Vec<String>,
}

/// The word before the short name of a language.
const TIENG: &str = "tieng";
/// Words between the languages of a list.
const AND: [&str; 5] = ["va", "hoac", "or", "and", "hay"];

impl Language {
    pub(crate) fn read(line: &RuleLine<'_>) -> Result<Self, String> {
        let code = line.value;
        let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_code && code != IGNORE {
            return Err("a language is its code of ISO 639-1, such as ja, or ignore".to_owned());
        }
        let short = line.phrases.iter().filter_map(|phrase| {
            let words = Words::of(phrase);
            (words.len() == 2 && words.get(0) == TIENG).then(|| words.get(1).to_owned())
        });
        Ok(Self {
            code: is_code.then(|| code.to_owned()),
            short: short.collect(),
        })
    }
}

/// The codes of the languages, in the order of the title, with the phrases that name them.
pub(crate) fn languages<'a>(
    text: &Words<'_>,
    hits: impl Iterator<Item = &'a Hit>,
    table: &'a [Language],
) -> Vec<(&'a str, Hit)> {
    let mut found: Vec<(&str, Hit)> = Vec::new();
    let mut add = |code: &'a str, hit: Hit| {
        if found.iter().all(|(known, _)| *known != code) {
            found.push((code, hit));
        }
    };
    for hit in hits {
        let Some(code) = table.get(hit.value).and_then(|line| line.code.as_deref()) else {
            continue;
        };
        add(code, hit.clone());
        if text.get(hit.words.start) == TIENG {
            list(text, hit, table, &mut add);
        }
    }
    found
}

/// Adds the short names that stand in a list behind a phrase with `tiếng`.
fn list<'a>(
    text: &Words<'_>,
    hit: &Hit,
    table: &'a [Language],
    add: &mut impl FnMut(&'a str, Hit),
) {
    let mut index = hit.words.end;
    while index < text.len() {
        let gap = text.gap(index);
        let is_and = AND.contains(&text.get(index));
        let is_listed = is_and
            || [Gap::SLASH, Gap::COMMA, Gap::PLUS, Gap::DASH, Gap::OTHER]
                .into_iter()
                .any(|separator| gap.has(separator));
        if !is_listed || gap.has(Gap::CLOSE) || gap.has(Gap::OPEN) {
            return;
        }
        let place = if is_and { index + 1 } else { index };
        let name = text.get(place);
        let Some((value, line)) = table
            .iter()
            .enumerate()
            .find(|(_, line)| line.short.iter().any(|short| short == name))
        else {
            return;
        };
        if let Some(code) = &line.code {
            let words = place..place + 1;
            add(
                code,
                Hit {
                    value,
                    words,
                    ..hit.clone()
                },
            );
        }
        index = place + 1;
    }
}
