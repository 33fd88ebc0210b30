//! The rules of company names: legal forms, acronyms, brands, recruiting words, badges, and the words that the key reads.

pub(crate) mod key;
mod read;
mod read_key;
mod shapes;

use std::sync::{Arc, LazyLock};

use hashbrown::HashMap;

use self::key::KeyRules;
use self::shapes::Shapes;
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
    /// The phrases that are dropped from an end of a name.
    pub(crate) dropped: Vec<DroppedPhrase>,
    /// Whether such a phrase begins or ends with a word, by the number of the word.
    dropped_ends: Vec<bool>,
    /// The words with a spelling of their own, in lower case.
    spelled: HashMap<String, SpelledWord>,
    /// The shapes of these words.
    spelled_shapes: Shapes,
    pub(crate) key: KeyRules,
    pub(crate) origins: Origins,
}

/// A phrase that is dropped from an end of a name.
#[derive(Debug, Clone)]
pub(crate) struct DroppedPhrase {
    /// The numbers of its words.
    pub(crate) words: Vec<u16>,
    /// A badge of a board, which is dropped from the end only. Recruiting words are dropped from both ends.
    pub(crate) is_badge: bool,
    pub(crate) origin: Origin,
}

/// A word that is not written with one capital.
#[derive(Debug, Clone)]
pub(crate) struct SpelledWord {
    /// The spelling of a brand. An acronym has none, because it is in capitals.
    pub(crate) spelling: Option<String>,
    pub(crate) origin: Origin,
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
    condition: FormCondition,
    pub(crate) origin: Origin,
}

/// The form beside which another form applies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum FormCondition {
    /// Right after this form.
    After(String),
    /// Right before a form that begins with this text.
    Before(String),
    None,
}

/// The shipped legal forms.
pub const LEGAL_FORMS: Source<'_> = Source::of(&tables::LEGAL_FORMS);
/// The shipped words that are written in capitals.
pub const ACRONYMS: Source<'_> = Source::of(&tables::ACRONYMS);
/// The shipped words that keep the spelling of their owners.
pub(crate) const BRANDS: Source<'_> = Source::of(&tables::BRANDS);
/// The shipped words that are dropped from either end.
pub(crate) const RECRUITING: Source<'_> = Source::of(&tables::RECRUITING);
/// The shipped badges that are dropped from the end.
pub(crate) const BADGES: Source<'_> = Source::of(&tables::BADGES);
/// The shipped words of `company_key`.
pub(crate) const COMPANY_KEY: Source<'_> = Source::of(&tables::COMPANY_KEY);
/// The provinces, which tell a region in brackets from a short name.
pub(crate) const PROVINCES: Source<'_> = Source::of(&tables::PROVINCES);

/// The tables that the rules are read from: the shipped lines of each, and lines of a user.
#[derive(Debug, Clone)]
pub struct CompanyTables<'a> {
    /// Legal forms.
    pub legal_forms: Vec<Source<'a>>,
    /// Words in capitals.
    pub acronyms: Vec<Source<'a>>,
    /// Words with the spelling of their owners.
    pub brands: Vec<Source<'a>>,
    /// Words that are dropped from either end.
    pub recruiting: Vec<Source<'a>>,
    /// Badges that are dropped from the end.
    pub badges: Vec<Source<'a>>,
    /// Words that `company_key` reads.
    pub company_key: Vec<Source<'a>>,
    /// Provinces.
    pub provinces: Vec<Source<'a>>,
}

impl Default for CompanyTables<'_> {
    /// The shipped tables.
    fn default() -> Self {
        Self {
            legal_forms: vec![LEGAL_FORMS],
            acronyms: vec![ACRONYMS],
            brands: vec![BRANDS],
            recruiting: vec![RECRUITING],
            badges: vec![BADGES],
            company_key: vec![COMPANY_KEY],
            provinces: vec![PROVINCES],
        }
    }
}

impl Rules {
    /// The shipped tables, compiled once.
    ///
    /// # Panics
    /// Never: a test reads the tables.
    pub fn shipped() -> &'static Arc<Self> {
        static SHIPPED: LazyLock<Arc<Rules>> =
            LazyLock::new(|| match Rules::read(&CompanyTables::default()) {
                Ok(rules) => Arc::new(rules),
                Err(error) => unreachable!("{error}"),
            });
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

    /// The form that ends at a node. `before` is the form right before it, and `next` finds the form right after it.
    pub(crate) fn end(
        &self,
        node: u16,
        before: Option<u16>,
        next: impl Fn() -> Option<u16>,
    ) -> Option<&Form> {
        let spelling =
            |form: Option<u16>| form.map_or("", |form| &self.spellings[usize::from(form)]);
        let ends = &self.nodes[usize::from(node)].ends;
        ends.iter().find(|form| match &form.condition {
            FormCondition::After(wanted) => spelling(before).ends_with(wanted),
            FormCondition::Before(wanted) => spelling(next()).starts_with(wanted),
            FormCondition::None => true,
        })
    }

    /// The node to which a word leads from the root, if a form begins with the word.
    pub(crate) fn begin_form(&self, word: u16) -> Option<u16> {
        self.begin[usize::from(word)]
    }

    /// Whether a phrase that is dropped from an end begins or ends with a word.
    pub(crate) fn ends_dropped(&self, word: u16) -> bool {
        self.dropped_ends[usize::from(word)]
    }

    /// The number of a folded word, or [`NO_WORD`].
    pub(crate) fn word(&self, folded: &str) -> u16 {
        self.words.get(folded).copied().unwrap_or(NO_WORD)
    }

    /// The spelling of a word, given in lower case, if a table has one.
    pub(crate) fn spelled(&self, lower: &str) -> Option<&SpelledWord> {
        let may_be = self.spelled_shapes.may_have(lower);
        may_be.then(|| self.spelled.get(lower)).flatten()
    }
}
