//! The words that `company_key` reads.

use super::shapes::Shapes;
use hashbrown::{HashMap, HashSet};

use crate::text::unaccented;

/// The uses of words and phrases, one bit each.
pub(crate) mod part {
    /// A country at the end of a name.
    pub(crate) const COUNTRY: u16 = 1;
    /// An English legal form at the end of a name.
    pub(crate) const FORM: u16 = 1 << 1;
    /// A legal form with which a full name begins.
    pub(crate) const FULL: u16 = 1 << 2;
    /// A word before such a form.
    pub(crate) const FULL_LEAD: u16 = 1 << 3;
    /// A legal form that is a part of the name.
    pub(crate) const KEPT: u16 = 1 << 4;
    /// The beginning of a branch.
    pub(crate) const BRANCH: u16 = 1 << 5;
    /// A word before the region of a branch.
    pub(crate) const REGION: u16 = 1 << 6;
    /// The beginning of a unit of a company.
    pub(crate) const UNIT: u16 = 1 << 7;
    /// A word that alone names no company.
    pub(crate) const GENERIC: u16 = 1 << 8;
    /// A word between two words that names nothing.
    pub(crate) const JOINT: u16 = 1 << 9;
    /// The end of a branch.
    pub(crate) const BRANCH_END: u16 = 1 << 10;
}

/// The uses by the names that the table has for them.
pub(super) const USES: [(&str, u16); 11] = [
    ("country", part::COUNTRY),
    ("form", part::FORM),
    ("full", part::FULL),
    ("full lead", part::FULL_LEAD),
    ("kept", part::KEPT),
    ("branch", part::BRANCH),
    ("region", part::REGION),
    ("unit", part::UNIT),
    ("generic", part::GENERIC),
    ("joint", part::JOINT),
    ("branch end", part::BRANCH_END),
];

/// The compiled table.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyRules {
    /// The uses of the phrases that begin with a word, by the number of the word.
    begins: Vec<u16>,
    /// The uses of each word by itself, by the number of the word.
    single: Vec<u16>,
    /// The uses of each legal form and its text in a key, by the number of its spelling.
    forms: Vec<(u16, String)>,
    /// The phrases of several words, by the number of the first.
    pub(super) phrases: HashMap<u16, Vec<(u16, Vec<u16>)>>,
    /// Words, the uses of which are not yet in [`KeyRules::single`].
    pub(super) words: Vec<(u16, u16)>,
    /// The squashed text of each phrase that may be a legal form.
    pub(super) form_texts: Vec<(u16, String)>,
    /// Short forms of words, without accents, and what they stand for.
    pub(super) written: HashMap<String, String>,
    /// The shapes of the short forms.
    written_shapes: Shapes,
    /// The keys of regions.
    pub(super) places: HashSet<String>,
    /// The keys of companies under another name.
    names: HashMap<String, String>,
    /// The shapes of these keys.
    name_shapes: Shapes,
    /// Words between two words that name nothing.
    pub(super) joints: Vec<String>,
    /// The lines of [`KeyRules::names`]: the full name, and another one.
    pub(super) other_names: Vec<(String, String)>,
}

impl KeyRules {
    /// Builds the tables that are looked up by the number of a word or of a spelling.
    pub(super) fn index(&mut self, words: usize, spellings: &[String]) {
        self.written_shapes = Shapes::of(self.written.keys());
        self.begins = vec![0; words];
        self.single = vec![0; words];
        for (word, uses) in &self.words {
            self.begins[usize::from(*word)] |= uses;
            self.single[usize::from(*word)] |= uses;
        }
        for (first, phrases) in &self.phrases {
            for (uses, _) in phrases {
                self.begins[usize::from(*first)] |= uses;
            }
        }
        let form = |spelling: &String| {
            let text = squashed(spelling);
            let mut form = (0, String::new());
            for (uses, phrase) in &self.form_texts {
                // `Công ty TNHH` begins with the form `Công ty`.
                let is_form = match *uses {
                    part::FULL | part::KEPT => text.starts_with(phrase.as_str()),
                    part::BRANCH => text == *phrase,
                    _ => false,
                };
                if is_form {
                    form.0 |= uses;
                }
                if is_form && *uses == part::KEPT {
                    form.1.clone_from(phrase);
                }
            }
            form
        };
        self.forms = spellings.iter().map(form).collect();
        let names = std::mem::take(&mut self.other_names);
        for (full, other) in &names {
            let key = self.key_of(full);
            self.names.insert(self.key_of(other), key);
        }
        self.name_shapes = Shapes::of(self.names.keys());
    }

    /// The key of a name of the table, which has no legal form.
    fn key_of(&self, name: &str) -> String {
        let words: Vec<String> = name.split_whitespace().map(squashed).collect();
        let last = words.len() - 1;
        let is_kept =
            |index: usize| index == 0 || index == last || !self.joints.contains(&words[index]);
        (0..words.len())
            .filter(|index| is_kept(*index))
            .map(|index| words[index].as_str())
            .collect()
    }

    /// The uses of the phrases that begin with a word.
    pub(crate) fn begins(&self, word: u16) -> u16 {
        self.begins[usize::from(word)]
    }

    /// The uses of a word by itself.
    pub(crate) fn single(&self, word: u16) -> u16 {
        self.single[usize::from(word)]
    }

    /// The uses of a legal form.
    pub(crate) fn form(&self, spelling: u16) -> u16 {
        self.forms[usize::from(spelling)].0
    }

    /// The text of a legal form in a key: empty unless it is a part of the name.
    pub(crate) fn form_text(&self, spelling: u16) -> &str {
        &self.forms[usize::from(spelling)].1
    }

    /// The phrases of several words that begin with a word: their uses, and their other words.
    pub(crate) fn phrases(&self, word: u16) -> &[(u16, Vec<u16>)] {
        self.phrases.get(&word).map_or(&[], Vec::as_slice)
    }

    /// The words that a short form, in lower case and without accents, means in a key.
    pub(crate) fn written(&self, word: &str) -> Option<&str> {
        let may_be = self.written_shapes.may_have(word);
        may_be
            .then(|| self.written.get(word).map(String::as_str))
            .flatten()
    }

    /// Whether a text of a key is a region.
    pub(crate) fn is_place(&self, text: &str) -> bool {
        self.places.contains(text)
    }

    /// The text in a key of the legal form that is a part of the name, if there is one.
    pub(crate) fn kept_text(&self) -> &str {
        let mut kept = self.form_texts.iter();
        let kept = kept.find(|(uses, _)| *uses == part::KEPT);
        kept.map_or("", |(_, text)| text)
    }

    /// Whether a key begins with a legal form that is a part of the name.
    pub(crate) fn is_kept(&self, key: &str) -> bool {
        self.form_texts
            .iter()
            .any(|(uses, text)| *uses == part::KEPT && key.starts_with(text.as_str()))
    }

    /// The key of a company that is known under another key.
    pub(crate) fn name(&self, key: &str) -> Option<&str> {
        let may_be = self.name_shapes.may_have(key);
        may_be
            .then(|| self.names.get(key).map(String::as_str))
            .flatten()
    }
}

/// A text as a key has it: letters and digits, without accents, in lower case.
pub(crate) fn squashed(text: &str) -> String {
    let mut squashed = unaccented(text);
    squashed.retain(char::is_alphanumeric);
    squashed
}
