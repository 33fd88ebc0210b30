//! How a text ends.

/// How many words a text has; signs that stand alone are none.
pub(super) fn words(text: &str) -> usize {
    text.split(' ')
        .filter(|word| word.contains(char::is_alphanumeric))
        .count()
}

/// Where a text ends without punctuation that nothing follows; `C++` and `C#` are names.
pub(super) fn trim_end(text: &str, from: usize) -> usize {
    let mut text = text;
    loop {
        text = &text[..from + text[from..].trim_ascii_end().len()];
        let Some(c) = text[from..].chars().next_back() else {
            return text.len();
        };
        if c.is_ascii_alphanumeric() || c == ')' {
            return text.len();
        }
        let rest = &text[..text.len() - c.len_utf8()];
        let dangling = match c {
            '+' | '&' | '*' | '~' | '%' | '≥' | '>' | '<' | '=' | '$' | '#' | '@' => {
                rest.len() == from || rest.ends_with(' ')
            }
            ',' | '.' | ';' | ':' | '-' | '–' | '—' | '_' | '/' | '|' | '!' | '(' | '[' | '【'
            | '"' => true,
            _ => false,
        };
        if !dangling {
            return text.len();
        }
        text = rest;
    }
}

/// A title that the source cut short, without the mark that says so.
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
