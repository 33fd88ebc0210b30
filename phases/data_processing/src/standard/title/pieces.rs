//! A title as pieces: segments between separators, and bracketed parts.

use super::{place, tails};

/// A segment or a bracketed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// The brackets that were around it.
    pub(super) bracket: Option<(char, char)>,
    /// Whether a separator stands before it.
    pub(super) separated: bool,
}

impl Piece<'_> {
    /// What joins it to the piece before where no separator stood: a bracket is set off, `/` and `,` are not.
    pub(super) fn glue(&self, kept: &str) -> &'static str {
        if self.bracket.is_none() && kept.starts_with(['/', ',', ';', ':']) {
            ""
        } else {
            " "
        }
    }
}

/// Splits a title.
pub(super) fn split(title: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = title;
    let mut separated = false;
    while !rest.is_empty() {
        let (open_at, open) = rest
            .char_indices()
            .find(|(_, c)| closing(*c).is_some())
            .unwrap_or((rest.len(), ' '));
        separated = segments(&rest[..open_at], separated, &mut pieces);
        if open_at == rest.len() {
            break;
        }
        let inner = &rest[open_at + open.len_utf8()..];
        let close = closing(open).unwrap_or(')');
        let end = matching(inner, open, close);
        pieces.push(Piece {
            text: &inner[..end],
            bracket: Some((open, close)),
            separated,
        });
        separated = false;
        rest = inner[end..].strip_prefix(close).unwrap_or(&inner[end..]);
    }
    pieces
}

fn closing(open: char) -> Option<char> {
    match open {
        '(' => Some(')'),
        '[' => Some(']'),
        '【' => Some('】'),
        _ => None,
    }
}

/// Where the bracket that was opened closes; at the end where it never does.
fn matching(inner: &str, open: char, close: char) -> usize {
    let mut depth = 0_usize;
    for (at, c) in inner.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            if depth == 0 {
                return at;
            }
            depth -= 1;
        }
    }
    inner.len()
}

/// Splits text outside brackets; tells whether a separator stands at its end.
fn segments<'a>(text: &'a str, mut separated: bool, pieces: &mut Vec<Piece<'a>>) -> bool {
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        if at >= start && is_separator(text, at, c) {
            if !text[start..at].trim().is_empty() {
                pieces.push(Piece {
                    text: &text[start..at],
                    bracket: None,
                    separated,
                });
            }
            separated = true;
            start = after;
        }
    }
    if text[start..].trim().is_empty() {
        return separated;
    }
    pieces.push(Piece {
        text: &text[start..],
        bracket: None,
        separated,
    });
    false
}

fn is_separator(text: &str, at: usize, c: char) -> bool {
    let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
    let spaced =
        before.ends_with(' ') || after.starts_with(' ') || before.is_empty() || after.is_empty();
    let numbers = before.trim_end().ends_with(|c: char| c.is_ascii_digit())
        && after.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let dropped = || {
        let next = after.trim_start();
        let item = next
            .split(['/', '-', '|', '_', '–'])
            .next()
            .unwrap_or_default()
            .trim();
        tails::find(next) == Some(0) || place::is_place(item)
    };
    let time = || {
        let before = before.trim_end().to_lowercase();
        after.trim_start().to_lowercase().starts_with("time")
            && (before.ends_with("part") || before.ends_with("full"))
    };
    match c {
        // Part - Time is one word.
        '-' if spaced && time() => false,
        '–' | '—' => !numbers,
        // 10 - 15 Triệu is one amount: its tail begins before it.
        '-' => !numbers && (spaced || dropped()),
        '|' => true,
        '_' => spaced || dropped(),
        // A list of places before the role: Hồ Chí Minh/ Hà Nội - Kỹ Sư.
        '/' => dropped() && !place::is_place(before.trim()),
        _ => false,
    }
}
