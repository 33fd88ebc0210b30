//! Columns of lists of words.

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array, ListArray, StringArray};

/// A column of lists while it is filled.
pub(super) struct WordLists(ListBuilder<StringBuilder>);

impl WordLists {
    pub(super) fn with_capacity(rows: usize) -> Self {
        let words = StringBuilder::with_capacity(rows, rows * 8);
        Self(ListBuilder::with_capacity(words, rows))
    }

    /// Adds a word to the list of the current row.
    pub(super) fn word(&mut self, word: &str) {
        self.0.values().append_value(word);
    }

    /// Ends the list of a row.
    pub(super) fn end(&mut self, is_valid: bool) {
        self.0.append(is_valid);
    }

    pub(super) fn finish(mut self) -> ListArray {
        self.0.finish()
    }
}

/// The lists of a column of array literals of PostgreSQL whose words need no quotes: `{VN-SG,VN-HN}`.
pub(super) fn of_literals(literals: &StringArray) -> ListArray {
    let mut lists = WordLists::with_capacity(literals.len());
    for literal in literals {
        for word in words(literal.unwrap_or_default()) {
            lists.word(word);
        }
        lists.end(literal.is_some());
    }
    lists.finish()
}

/// The words of an array literal of PostgreSQL without quotes.
pub(super) fn words(literal: &str) -> impl Iterator<Item = &str> {
    let words = literal.trim_matches(['{', '}']).split(',');
    words.filter(|word| !word.is_empty())
}

/// The lists of these words, and of the words of the literals after them.
pub(super) fn joined(first: [&StringArray; 2], literals: &StringArray) -> ListArray {
    let mut lists = WordLists::with_capacity(literals.len());
    for (row, literal) in literals.iter().enumerate() {
        for words in first.iter().filter(|words| words.is_valid(row)) {
            lists.word(words.value(row));
        }
        for word in words(literal.unwrap_or_default()) {
            lists.word(word);
        }
        lists.end(true);
    }
    lists.finish()
}

/// The lists of rows of texts. A row without a text is NULL.
pub(super) fn of_texts<'a, T: AsRef<str> + 'a>(
    rows: impl ExactSizeIterator<Item = &'a [T]>,
) -> ListArray {
    let mut lists = WordLists::with_capacity(rows.len());
    for row in rows {
        for text in row {
            lists.word(text.as_ref());
        }
        lists.end(!row.is_empty());
    }
    lists.finish()
}
