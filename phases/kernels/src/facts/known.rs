//! Values of texts that many postings have.

use hashbrown::HashMap;

/// The most texts that are known.
const MOST_TEXTS: usize = 20_000;
/// The most bytes of a text that is known.
const LONGEST_TEXT: usize = 512;

/// The values of texts, with a bounded memory.
#[derive(Debug)]
pub(crate) struct KnownTexts<T>(HashMap<String, T>);

impl<T> Default for KnownTexts<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> KnownTexts<T> {
    /// The value of a text.
    pub(crate) fn get(&self, text: &str) -> Option<&T> {
        self.0.get(text)
    }

    /// Adds the value of a text that is not too long. Forgets all texts if there are too many.
    pub(crate) fn add(&mut self, text: &str, value: T) {
        if text.len() > LONGEST_TEXT {
            return;
        }
        if self.0.len() >= MOST_TEXTS {
            self.0.clear();
        }
        self.0.insert(text.to_owned(), value);
    }
}
