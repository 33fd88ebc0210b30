//! The rules of company names: legal forms, acronyms, recruiting words.

mod read;

use std::sync::{Arc, LazyLock};

use hashbrown::HashMap;

use super::shipped as tables;
use super::source::{Origin, Origins, Source};

/// The number of every word that no table of phrases contains.
pub(crate) const NO_WORD: u16 = 0;

/// The rules by which company names are written.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Folded words of the phrases below, by number.
    words: HashMap<String, u16>,
    /// Legal forms, word by word; the root is node 0.
    nodes: Vec<Node>,
    /// Where a word leads from the root, by its number.
    begin: Vec<Option<u16>>,
    /// Their one spelling.
    pub(crate) spellings: Vec<String>,
    /// Phrases that go from an end, word by word.
    pub(crate) recruiting: Vec<(Vec<u16>, Origin)>,
    /// Whether one of those begins or ends with a word, by its number.
    recruiting_ends: Vec<bool>,
    acronyms: HashMap<String, Origin>,
    /// Bytes of the longest acronym.
    longest_acronym: usize,
    pub(crate) origins: Origins,
}

/// The words and forms that may follow the words that lead to a node.
#[derive(Debug, Clone, Default)]
struct Node {
    next: Vec<(u16, u16)>,
    /// Forms that end here.
    ends: Vec<Form>,
}

/// A legal form that was found.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// The number of its spelling.
    pub(crate) spelling: u16,
    /// The form that must stand right before.
    after: Option<String>,
    pub(crate) origin: Origin,
}

/// Legal forms, as they are compiled in.
pub const LEGAL_FORMS: Source<'_> = Source::of(&tables::LEGAL_FORMS);
/// Words that are written in capitals.
pub const ACRONYMS: Source<'_> = Source::of(&tables::ACRONYMS);
/// Words that go from either end.
pub const RECRUITING: Source<'_> = Source::of(&tables::RECRUITING);

impl Rules {
    /// The rules that are compiled in.
    ///
    /// # Panics
    /// Never: a test reads the tables.
    pub fn shipped() -> &'static Arc<Self> {
        static SHIPPED: LazyLock<Arc<Rules>> =
            LazyLock::new(
                || match Rules::read(&[LEGAL_FORMS], &[ACRONYMS], &[RECRUITING]) {
                    Ok(rules) => Arc::new(rules),
                    Err(error) => unreachable!("{error}"),
                },
            );
        &SHIPPED
    }

    /// Where a word leads from a node.
    #[inline]
    pub(crate) fn next(&self, from: u16, word: u16) -> Option<u16> {
        let next = &self.nodes[usize::from(from)].next;
        next.iter()
            .find(|(known, _)| *known == word)
            .map(|(_, to)| *to)
    }

    /// The form that ends at a node, where `before` is the form that stands right before.
    pub(crate) fn end(&self, node: u16, before: Option<u16>) -> Option<&Form> {
        let before = before.map_or("", |form| &self.spellings[usize::from(form)]);
        self.nodes[usize::from(node)].ends.iter().find(|form| {
            let after = form.after.as_ref();
            after.is_none_or(|after| before.ends_with(after))
        })
    }

    /// Where a word leads with which a form may begin.
    pub(crate) fn begin_form(&self, word: u16) -> Option<u16> {
        self.begin[usize::from(word)]
    }

    /// Whether what goes from an end may begin or end with a word.
    pub(crate) fn ends_recruiting(&self, word: u16) -> bool {
        self.recruiting_ends[usize::from(word)]
    }

    /// The number of a folded word, or [`NO_WORD`].
    pub(crate) fn word(&self, folded: &str) -> u16 {
        self.words.get(folded).copied().unwrap_or(NO_WORD)
    }

    /// Where it stands that a word in lower case is written in capitals.
    pub(crate) fn acronym(&self, lower: &str) -> Option<Origin> {
        if lower.len() > self.longest_acronym {
            return None;
        }
        self.acronyms.get(lower).copied()
    }
}
