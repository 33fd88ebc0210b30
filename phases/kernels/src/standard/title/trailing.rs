//! The end of a text: signs that nothing follows, and the mark of a title that the source cut short.

/// Counts the words of a text. A sign between spaces is not a word.
pub(super) fn words(text: &str) -> usize {
    text.split(' ')
        .filter(|word| word.contains(char::is_alphanumeric))
        .count()
}

/// The end of a text without the signs at its end, at `from` or later. The signs of `C++` and `C#` belong to a name.
pub(super) fn trim_end(text: &str, from: usize) -> usize {
    let mut text = text;
    // Most texts end with a letter of ASCII.
    if text.len() > from && text.as_bytes()[text.len() - 1].is_ascii_alphanumeric() {
        return text.len();
    }
    loop {
        text = &text[..from + text[from..].trim_ascii_end().len()];
        let Some(c) = text[from..].chars().next_back() else {
            return text.len();
        };
        if c.is_ascii_alphanumeric() || c == ')' {
            return text.len();
        }
        let rest = &text[..text.len() - c.len_utf8()];
        let is_dangling = match c {
            '+' | '&' | '*' | '~' | '%' | '≥' | '>' | '<' | '=' | '$' | '#' | '@' => {
                rest.len() == from || rest.ends_with(' ')
            }
            ',' | '.' | ';' | ':' | '-' | '–' | '—' | '_' | '/' | '|' | '!' | '(' | '[' | '【' => {
                true
            }
            // A pair of quotation marks is not loose.
            '"' => text[from..].matches('"').count() % 2 == 1,
            _ => false,
        };
        if !is_dangling {
            return text.len();
        }
        text = rest;
    }
}

/// Splits the mark `...` or `…` from the end of a title. Returns true if there is one: the source cut the title short.
pub(super) fn without_mark(title: &str) -> (&str, bool) {
    if !title.ends_with(['.', '…']) {
        return (title, false);
    }
    let trimmed = title.trim_end_matches(['.', '…', ' ']);
    let mark = &title[trimmed.len()..];
    if mark.contains("...") || mark.contains('…') {
        (trimmed, true)
    } else {
        (title, false)
    }
}
