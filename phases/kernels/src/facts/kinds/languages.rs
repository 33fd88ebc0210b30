//! The human languages that a title asks for or teaches.
//!
//! `Tiếng` counts for a list behind it: `Tiếng Anh/Nhật` names two languages. So does `Ngoại Ngữ` before a bracket that lists
//! languages and nothing else: `Ngoại Ngữ (Anh, Nhật)`. The short names come from the same table: what stands behind the
//! first word of a phrase of two words, such as `tiếng nhật`.

use crate::facts::gap::WordGap;
use crate::facts::rules::line::{FactLine, IGNORE};
use crate::facts::rules::phrases::Hit;
use crate::facts::words::Words;

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Language {
    /// The code of ISO 639-1; `None` for words that name no language.
    code: Option<String>,
    /// The names behind `tiếng`.
    short: Vec<String>,
    /// The words come before a bracket that lists languages.
    is_list: bool,
}

/// The value of words before a bracket that lists languages.
const LIST: &str = "list";
/// The word before the short name of a language.
const TIENG: &str = "tieng";
/// Words between the languages of a list.
const AND: [&str; 5] = ["va", "hoac", "or", "and", "hay"];

impl Language {
    pub(crate) fn read(line: &FactLine<'_>) -> Result<Self, String> {
        let code = line.value;
        let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_code && !matches!(code, IGNORE | LIST) {
            return Err(
                "a language is its code of ISO 639-1, such as ja, or list or ignore".to_owned(),
            );
        }
        let short = line.phrases.iter().filter_map(|phrase| {
            let words = Words::of(phrase);
            (words.len() == 2 && words.get(0) == TIENG).then(|| words.get(1).to_owned())
        });
        Ok(Self {
            code: is_code.then(|| code.to_owned()),
            short: short.collect(),
            is_list: code == LIST,
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
        let Some(line) = table.get(hit.value) else {
            continue;
        };
        if line.is_list {
            bracket(text, hit, table, &mut add);
        }
        let Some(code) = line.code.as_deref() else {
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
            || [
                WordGap::SLASH,
                WordGap::COMMA,
                WordGap::PLUS,
                WordGap::DASH,
                WordGap::OTHER,
            ]
            .into_iter()
            .any(|separator| gap.has(separator));
        if !is_listed || gap.has(WordGap::CLOSE) || gap.has(WordGap::OPEN) {
            return;
        }
        let place = if is_and { index + 1 } else { index };
        let Some((code, named)) = short_name(text, place, hit, table) else {
            return;
        };
        add(code, named);
        index = place + 1;
    }
}

/// Adds the short names in a bracket behind a phrase, if the bracket has nothing else.
fn bracket<'a>(
    text: &Words<'_>,
    hit: &Hit,
    table: &'a [Language],
    add: &mut impl FnMut(&'a str, Hit),
) {
    let start = hit.words.end;
    let gap = text.gap(start);
    if !gap.has(WordGap::OPEN) || gap.has(WordGap::CLOSE) {
        return;
    }
    let is_end = |index: &usize| text.gap(*index).has(WordGap::CLOSE);
    let end = (start + 1..text.len()).find(is_end).unwrap_or(text.len());
    let words = (start..end).filter(|index| !AND.contains(&text.get(*index)));
    let names: Option<Vec<_>> = words
        .map(|index| short_name(text, index, hit, table))
        .collect();
    for (code, named) in names.into_iter().flatten() {
        add(code, named);
    }
}

/// The language whose short name a word is. The word was found because of a phrase before it.
fn short_name<'a>(
    text: &Words<'_>,
    index: usize,
    hit: &Hit,
    table: &'a [Language],
) -> Option<(&'a str, Hit)> {
    let name = text.get(index);
    let is_named = |line: &Language| line.short.iter().any(|short| short == name);
    let value = table.iter().position(is_named)?;
    let code = table[value].code.as_deref()?;
    let words = index..index + 1;
    Some((
        code,
        Hit {
            value,
            words,
            ..hit.clone()
        },
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_bracket_behind_the_word_for_languages_names_them_if_it_names_nothing_else() {
        for (title, wanted) in [
            (
                "Thư Ký Biết Ngoại Ngữ (Anh, Pháp ,đức,hàn,trung Nhật)",
                "en, fr, de, ko, zh, ja",
            ),
            ("Ngoại Ngữ (Anh hoặc Nhật) - Kế Toán", "en, ja"),
            ("Trung Tâm Ngoại Ngữ (Anh Đức)", "en, de"),
            ("Ngoại Ngữ (Trung Tâm Minh Anh)", ""),
            ("Lễ Tân (Ngoại Ngữ) (Anh)", ""),
            ("Ngoại Ngữ Trung Tâm Minh Anh", ""),
            ("Ngoại Ngữ (", ""),
        ] {
            let facts = crate::facts::facts(Some(title), None, None);
            assert_eq!(facts.languages.join(", "), wanted, "{title}");
        }
    }
}
