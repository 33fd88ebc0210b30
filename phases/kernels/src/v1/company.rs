//! `clean_company_name` of the Python pipeline.

use super::chars::{capitalize, collapse, is_space, is_word, lower, strip};

/// Words that the old table of acronyms turned to capitals. It also held mixed-case entries (`iOS`, `React`, `DevOps` …),
/// which never matched, because a word was compared in capitals.
const CAPITALS: [&str; 16] = [
    "PHP", "AWS", "SQL", "C#", "C++", ".NET", "HTML", "CSS", "JS", "UI", "UX", "AI", "ML", "API",
    "QA", "BA",
];

/// Recruiting words, removed in this order and anywhere, even within a word: `Photo` loses its `hot`.
const REMOVED: [&[&str]; 5] = [
    &["tuyển", "dụng"],
    &["cần", "tuyển"],
    &["đang", "tuyển"],
    &["hot"],
    &["gấp"],
];

/// Cleans the name of a company as the old pipeline did. There, NULL was an empty name; the caller does the same.
///
/// ```
/// use jobinsight_kernels::v1::clean_company_name;
/// assert_eq!(clean_company_name("CÔNG TY Photo*Hoa"), "Công TY Po Hoa");
/// ```
pub fn clean_company_name(name: &str) -> String {
    let spaced: String = name
        .chars()
        .map(|c| {
            if is_word(c) || is_space(c) || "()[]-/.,&+#".contains(c) {
                c
            } else {
                ' '
            }
        })
        .collect();
    let mut name = collapse(&spaced);
    for words in REMOVED {
        name = remove(name, words, false);
    }
    name = remove(name, &["hr"], true);
    collapse(&recase(&name))
}

/// The length of `words` at the start of `text`, in any case and with any number of spaces between them.
fn matches_at(text: &str, words: &[&str]) -> Option<usize> {
    let mut rest = text;
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            let trimmed = rest.trim_start_matches(is_space);
            if trimmed.len() == rest.len() {
                return None;
            }
            rest = trimmed;
        }
        for wanted in word.chars() {
            let found = rest.chars().next()?;
            if lower(found) != wanted {
                return None;
            }
            rest = &rest[found.len_utf8()..];
        }
    }
    Some(text.len() - rest.len())
}

/// `re.sub(words, '', text, flags=re.IGNORECASE)`; for a whole word, `re.sub(r'\bword\b', '', text, flags=re.IGNORECASE)`.
fn remove(text: String, words: &[&str], whole: bool) -> String {
    let Some(first) = words.first().and_then(|word| word.chars().next()) else {
        return text;
    };
    let mut out = String::new();
    let (mut kept, mut at, mut before) = (0, 0, None);
    while let Some(c) = text[at..].chars().next() {
        // Most characters do not begin a word of the table. Of the letters of the table, only đ is beyond ASCII.
        let begins = if first.is_ascii() {
            c.to_ascii_lowercase() == first
        } else {
            lower(c) == first
        };
        let found = (begins && !(whole && before.is_some_and(is_word)))
            .then(|| matches_at(&text[at..], words))
            .flatten()
            .filter(|length| !(whole && text[at + length..].chars().next().is_some_and(is_word)));
        if let Some(length) = found {
            out.push_str(&text[kept..at]);
            before = text[at..at + length].chars().next_back();
            at += length;
            kept = at;
        } else {
            before = Some(c);
            at += c.len_utf8();
        }
    }
    if kept == 0 {
        return text;
    }
    out.push_str(&text[kept..]);
    out
}

/// Splits at `-` and `/`, whose surrounding spaces stay as they are, and capitalises the first word of each part.
fn recase(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    loop {
        let cut = rest.find(['-', '/']).unwrap_or(rest.len());
        let part = &rest[..cut];
        push_part(&mut out, part);
        if cut == rest.len() {
            break;
        }
        let after = &rest[cut + 1..];
        let next = after.trim_start_matches(is_space);
        out.push_str(&part[part.trim_end_matches(is_space).len()..]);
        out.push_str(&rest[cut..=cut]);
        out.push_str(&after[..after.len() - next.len()]);
        rest = next;
    }
    strip(&out).to_owned()
}

/// Whether the capital of a character may be ASCII. The capital of a character beyond ASCII may be: `cß` is `CSS`, as in
/// Python.
fn has_ascii_capital(c: char) -> bool {
    c.is_ascii() || matches!(c, 'ß' | 'ı' | 'ſ' | '\u{FB00}'..='\u{FB06}')
}

/// The word in capitals, if the table has it.
fn acronym(word: &str) -> Option<&'static str> {
    if !word.chars().all(has_ascii_capital) {
        return None;
    }
    let upper = word.to_uppercase();
    CAPITALS.into_iter().find(|known| *known == upper)
}

fn push_part(out: &mut String, part: &str) {
    for (index, word) in part
        .split(is_space)
        .filter(|word| !word.is_empty())
        .enumerate()
    {
        if index > 0 {
            out.push(' ');
        }
        if let Some(upper) = acronym(word) {
            out.push_str(upper);
        } else if index == 0 {
            out.push_str(&capitalize(word));
        } else {
            out.push_str(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{clean_company_name, has_ascii_capital};

    #[test]
    fn all_characters_with_capitals_in_ascii_are_known() {
        for c in '\u{80}'..=char::MAX {
            let within = c.to_uppercase().all(|upper| upper.is_ascii());
            assert_eq!(has_ascii_capital(c), within, "{c:?}");
        }
        assert_eq!(clean_company_name("cß An"), "CSS An");
    }
}
