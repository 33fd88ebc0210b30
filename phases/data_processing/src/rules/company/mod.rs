//! The rules of company names: legal forms, acronyms, recruiting words.

mod read;

use std::sync::{Arc, LazyLock};

use hashbrown::HashMap;

use super::shipped as tables;
use super::source::{Origin, Origins, Source};

/// The number of a word that no phrase has.
pub(crate) const NO_WORD: u16 = 0;

/// The compiled rules of company names.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The numbers of the folded words of the phrases below.
    words: HashMap<String, u16>,
    /// A tree of the legal forms, word by word. Node 0 is the root.
    nodes: Vec<Node>,
    /// The node to which a word leads from the root, by the number of the word.
    begin: Vec<Option<u16>>,
    /// The spellings of the legal forms.
    pub(crate) spellings: Vec<String>,
    /// The phrases that are dropped from an end of a name, word by word.
    pub(crate) recruiting: Vec<(Vec<u16>, Origin)>,
    /// Whether such a phrase begins or ends with a word, by the number of the word.
    recruiting_ends: Vec<bool>,
    acronyms: HashMap<String, Origin>,
    /// The bytes of the longest acronym.
    longest_acronym: usize,
    pub(crate) origins: Origins,
}

/// A node of the tree of legal forms.
#[derive(Debug, Clone, Default)]
struct Node {
    next: Vec<(u16, u16)>,
    /// The forms that end here.
    ends: Vec<Form>,
}

/// A legal form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// The number of the spelling.
    pub(crate) spelling: u16,
    /// The form that must come right before.
    after: Option<String>,
    pub(crate) origin: Origin,
}

/// The shipped legal forms.
pub const LEGAL_FORMS: Source<'_> = Source::of(&tables::LEGAL_FORMS);
/// The shipped words that are written in capitals.
pub const ACRONYMS: Source<'_> = Source::of(&tables::ACRONYMS);
/// The shipped words that are dropped from either end.
pub const RECRUITING: Source<'_> = Source::of(&tables::RECRUITING);

impl Rules {
    /// The shipped tables, compiled once.
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

    /// The node to which a word leads from another node.
    #[inline]
    pub(crate) fn next(&self, from: u16, word: u16) -> Option<u16> {
        let next = &self.nodes[usize::from(from)].next;
        next.iter()
            .find(|(known, _)| *known == word)
            .map(|(_, to)| *to)
    }

    /// The form that ends at a node. `before` is the form right before it.
    pub(crate) fn end(&self, node: u16, before: Option<u16>) -> Option<&Form> {
        let before = before.map_or("", |form| &self.spellings[usize::from(form)]);
        self.nodes[usize::from(node)].ends.iter().find(|form| {
            let after = form.after.as_ref();
            after.is_none_or(|after| before.ends_with(after))
        })
    }

    /// The node to which a word leads from the root, if a form begins with the word.
    pub(crate) fn begin_form(&self, word: u16) -> Option<u16> {
        self.begin[usize::from(word)]
    }

    /// Whether a phrase that is dropped from an end begins or ends with a word.
    pub(crate) fn ends_recruiting(&self, word: u16) -> bool {
        self.recruiting_ends[usize::from(word)]
    }

    /// The number of a folded word, or [`NO_WORD`].
    pub(crate) fn word(&self, folded: &str) -> u16 {
        self.words.get(folded).copied().unwrap_or(NO_WORD)
    }

    /// The line that lists a word, in lower case, as an acronym.
    pub(crate) fn acronym(&self, lower: &str) -> Option<Origin> {
        if lower.len() > self.longest_acronym {
            return None;
        }
        self.acronyms.get(lower).copied()
    }
}
