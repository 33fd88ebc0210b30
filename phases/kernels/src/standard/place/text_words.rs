//! A text in words, with the sign before each.

use crate::rules::place::key::key_into;
use crate::text::letters::is_alphanumeric;

/// The sign before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Gap {
    /// A space, or a sign within a name.
    None,
    /// A dash with a space beside it.
    Dash,
    /// A sign that ends an item of a list.
    Sign,
    /// A colon. What follows is within the place before it.
    Colon,
    /// A sign that ends an address.
    End,
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextWord {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) gap: Gap,
    /// Where its key is in the keys of all words. An empty key was not made yet.
    key: (usize, usize),
}

/// A text in words. A key is made once, because several rules look at it, and only if one does.
pub(super) struct TextWords<'a> {
    pub(super) text: &'a str,
    pub(super) all: Vec<TextWord>,
    /// The keys of words, one after another.
    keys: String,
}

impl<'a> TextWords<'a> {
    /// The text from the start of a word to the end of another.
    pub(super) fn text(&self, first: usize, last: usize) -> &'a str {
        &self.text[self.all[first].start..self.all[last].end]
    }

    pub(super) fn key(&mut self, at: usize) -> &str {
        let word = &mut self.all[at];
        if word.key.1 == 0 {
            let start = self.keys.len();
            key_into(&self.text[word.start..word.end], &mut self.keys);
            word.key = (start, self.keys.len());
        }
        &self.keys[word.key.0..word.key.1]
    }
}

/// The words of a text.
pub(super) fn words(text: &str) -> TextWords<'_> {
    let mut words: Vec<TextWord> = Vec::with_capacity(8);
    let mut gap = Gap::None;
    let mut start = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if is_alphanumeric(c) {
            // A dash separates only with a space beside it.
            start.get_or_insert(at);
            before = c;
            continue;
        }
        if let Some(start) = start.take() {
            words.push(TextWord {
                start,
                end: at,
                gap,
                key: (0, 0),
            });
            gap = Gap::None;
        }
        let found = match c {
            ';' | '\n' => Gap::End,
            ':' => Gap::Colon,
            ',' | '&' | '/' | '|' | '(' | ')' | '[' | ']' | '+' => Gap::Sign,
            '–' | '—' => Gap::Dash,
            '-' if before == ' ' || text[at + 1..].starts_with(' ') => Gap::Dash,
            _ => Gap::None,
        };
        if found > gap {
            gap = found;
        }
        before = c;
    }
    if let Some(start) = start {
        words.push(TextWord {
            start,
            end: text.len(),
            gap,
            key: (0, 0),
        });
    }
    TextWords {
        text,
        all: words,
        keys: String::new(),
    }
}
