//! The tables of company names: legal forms, acronyms, recruiting words.

use std::sync::{Arc, LazyLock};

use hashbrown::HashMap;

use super::super::table::{self, Origin, Origins, Source, TableError};
use super::super::tables;
use super::words;
use crate::text::{fold, unaccented};

/// What stands in the place of a word that no table of phrases knows.
pub(super) const NO_WORD: u16 = 0;

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
    pub(super) spellings: Vec<String>,
    /// Phrases that go from an end, word by word.
    pub(super) recruiting: Vec<(Vec<u16>, Origin)>,
    /// Whether one of those begins or ends with a word, by its number.
    recruiting_ends: Vec<bool>,
    acronyms: HashMap<String, Origin>,
    /// Bytes of the longest acronym.
    longest_acronym: usize,
    pub(super) origins: Origins,
}

/// What may follow the words that lead to a node.
#[derive(Debug, Clone, Default)]
struct Node {
    next: Vec<(u16, u16)>,
    /// Forms that end here.
    ends: Vec<Form>,
}

/// A legal form that was found.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// The number of its spelling.
    pub(super) spelling: u16,
    /// The form that must stand right before.
    after: Option<String>,
    pub(super) origin: Origin,
}

/// Legal forms, as they are compiled in.
pub const LEGAL_FORMS: Source<'_> = Source::of(&tables::LEGAL_FORMS);
/// Words that are written in capitals.
pub const ACRONYMS: Source<'_> = Source::of(&tables::ACRONYMS);
/// Words that go from either end.
pub const RECRUITING: Source<'_> = Source::of(&tables::RECRUITING);

/// More words than this in one form would make a table of all their spellings large.
const LONGEST_FORM: usize = 8;

impl Rules {
    /// Reads the tables.
    ///
    /// # Errors
    /// A line that is no rule.
    pub fn read(
        legal_forms: &[Source<'_>],
        acronyms: &[Source<'_>],
        recruiting: &[Source<'_>],
    ) -> Result<Self, TableError> {
        let mut rules = Self {
            words: HashMap::new(),
            nodes: vec![Node::default()],
            begin: Vec::new(),
            spellings: Vec::new(),
            recruiting: Vec::new(),
            recruiting_ends: Vec::new(),
            acronyms: HashMap::new(),
            longest_acronym: 0,
            origins: Origins::default(),
        };
        for line in table::rules(legal_forms) {
            let origin = rules.origin(legal_forms, line);
            let mut cells = line.cells();
            let (Some(spelling), Some(after)) = (cells.next(), cells.next()) else {
                return Err(line.error("a legal form is written `spelling | condition | found`"));
            };
            let after = (after != "-").then(|| after.to_owned());
            let number = rules
                .spelling(spelling)
                .ok_or_else(|| line.error("too many forms"))?;
            let mut none = true;
            for found in cells {
                none = false;
                rules
                    .form(found, (number, after.as_ref(), origin))
                    .map_err(|message| line.error(message))?;
            }
            if none {
                return Err(line.error("a legal form needs a spelling that is found"));
            }
        }
        for line in table::rules(acronyms) {
            let origin = rules.origin(acronyms, line);
            for word in line.text.split_whitespace() {
                if !word.chars().all(char::is_alphabetic) {
                    return Err(line.error(format!("`{word}` is not made of letters alone")));
                }
                rules.acronyms.entry(word.to_lowercase()).or_insert(origin);
            }
        }
        for line in table::rules(recruiting) {
            let origin = rules.origin(recruiting, line);
            let phrase: Option<Vec<u16>> = line
                .text
                .split(' ')
                .map(|word| rules.number(&fold(word)))
                .collect();
            let phrase = phrase.ok_or_else(|| line.error("too many words"))?;
            rules.recruiting.push((phrase, origin));
        }
        // Longer phrases first, so that `tuyển gấp` goes as one.
        rules
            .recruiting
            .sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        rules.index();
        Ok(rules)
    }

    /// What is asked of every word, looked up by its number.
    fn index(&mut self) {
        let words = self.words.len() + 1;
        self.begin = vec![None; words];
        for (word, to) in &self.nodes[0].next {
            self.begin[usize::from(*word)] = Some(*to);
        }
        self.recruiting_ends = vec![false; words];
        let ends = self
            .recruiting
            .iter()
            .flat_map(|(phrase, _)| [phrase.first(), phrase.last()]);
        for word in ends.flatten() {
            self.recruiting_ends[usize::from(*word)] = true;
        }
        self.longest_acronym = self.acronyms.keys().map(String::len).max().unwrap_or(0);
    }

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

    fn spelling(&mut self, spelling: &str) -> Option<u16> {
        let at = self
            .spellings
            .iter()
            .position(|known| known == spelling)
            .unwrap_or_else(|| {
                self.spellings.push(spelling.to_owned());
                self.spellings.len() - 1
            });
        u16::try_from(at).ok()
    }

    /// The number of a word of a phrase; a new one where it has none.
    fn number(&mut self, folded: &str) -> Option<u16> {
        let next = u16::try_from(self.words.len() + 1).ok()?;
        Some(*self.words.entry(folded.to_owned()).or_insert(next))
    }

    /// Adds one spelling of a form, each word with its accents or without.
    fn form(
        &mut self,
        found: &str,
        (spelling, after, origin): (u16, Option<&String>, Origin),
    ) -> Result<(), String> {
        let mut at = vec![0_u16];
        let found_words: Vec<&str> = words::split(found)
            .filter(|word| words::is_word(word))
            .collect();
        if found_words.is_empty() || found_words.len() > LONGEST_FORM {
            return Err(format!("a form has one to {LONGEST_FORM} words"));
        }
        for word in found_words {
            let mut spelled = vec![fold(word), unaccented(word)];
            spelled.dedup();
            let mut reached = Vec::new();
            for folded in spelled {
                let number = self.number(&folded).ok_or("too many words")?;
                for node in &at {
                    reached.push(self.step(*node, number).ok_or("too many forms")?);
                }
            }
            at = reached;
        }
        for node in at {
            let ends = &mut self.nodes[usize::from(node)].ends;
            // The table's order decides, and what has a condition is asked first.
            match ends.iter().find(|known| known.after.as_ref() == after) {
                None => {
                    ends.push(Form {
                        spelling,
                        after: after.cloned(),
                        origin,
                    });
                    ends.sort_by_key(|form| form.after.is_none());
                }
                Some(other) if other.spelling != spelling => {
                    let other = &self.spellings[usize::from(other.spelling)];
                    return Err(format!("`{found}` is found as `{other}` already"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn step(&mut self, from: u16, word: u16) -> Option<u16> {
        if let Some(known) = self.next(from, word) {
            return Some(known);
        }
        let made = u16::try_from(self.nodes.len()).ok()?;
        self.nodes.push(Node::default());
        self.nodes[usize::from(from)].next.push((word, made));
        Some(made)
    }

    /// Where a word leads from a node.
    #[inline]
    pub(super) fn next(&self, from: u16, word: u16) -> Option<u16> {
        let next = &self.nodes[usize::from(from)].next;
        next.iter()
            .find(|(known, _)| *known == word)
            .map(|(_, to)| *to)
    }

    /// The form that ends at a node, where `before` is the form that stands right before.
    pub(super) fn end(&self, node: u16, before: Option<u16>) -> Option<&Form> {
        let before = before.map_or("", |form| &self.spellings[usize::from(form)]);
        self.nodes[usize::from(node)].ends.iter().find(|form| {
            let after = form.after.as_ref();
            after.is_none_or(|after| before.ends_with(after))
        })
    }

    /// Where a word leads with which a form may begin.
    pub(super) fn begin_form(&self, word: u16) -> Option<u16> {
        self.begin[usize::from(word)]
    }

    /// Whether what goes from an end may begin or end with a word.
    pub(super) fn ends_recruiting(&self, word: u16) -> bool {
        self.recruiting_ends[usize::from(word)]
    }

    /// The number of a folded word, or [`NO_WORD`].
    pub(super) fn word(&self, folded: &str) -> u16 {
        self.words.get(folded).copied().unwrap_or(NO_WORD)
    }

    /// Where it stands that a word in lower case is written in capitals.
    pub(super) fn acronym(&self, lower: &str) -> Option<Origin> {
        if lower.len() > self.longest_acronym {
            return None;
        }
        self.acronyms.get(lower).copied()
    }

    /// Where a rule stands whose table may be a new one.
    fn origin(&mut self, sources: &[Source<'_>], line: table::Rule<'_>) -> Origin {
        if !self.origins.ends_with(line.table) {
            self.origins.add_of(sources, line.table);
        }
        self.origins.here(line.line)
    }
}

/// Checks that each form is found again as it is spelled, so that a name that was written once stays as it is.
///
/// # Errors
/// A line whose spelling is read as another.
pub(crate) fn check_forms(
    rules: &Arc<Rules>,
    legal_forms: &[Source<'_>],
) -> Result<(), TableError> {
    let mut names = super::Standardizer::new(Arc::clone(rules));
    for line in table::rules(legal_forms) {
        let mut cells = line.cells();
        let (Some(spelling), Some(after)) = (cells.next(), cells.next()) else {
            continue;
        };
        let name = match after {
            "-" => format!("{spelling} 77"),
            after => format!("{after} {spelling} 77"),
        };
        let out = names.standardize(&name);
        if out != name {
            return Err(line.error(format!(
                "`{name}` would become `{out}`: list the spelling among those that are found"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_that_are_compiled_in_are_read() {
        assert!(Rules::read(&[LEGAL_FORMS], &[ACRONYMS], &[RECRUITING]).is_ok());
        assert!(Rules::shipped().spellings.len() > 15);
    }

    #[test]
    fn a_line_that_is_no_rule_is_named() {
        let theirs = |text| Source {
            name: "phases.data_processing.theirs",
            text,
        };
        let error = Rules::read(
            &[LEGAL_FORMS, theirs("# theirs\nCông ty Hợp danh")],
            &[ACRONYMS],
            &[RECRUITING],
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "phases.data_processing.theirs, line 2: a legal form is written `spelling | condition | found`: `Công ty Hợp danh`"
        );
        let error = Rules::read(&[LEGAL_FORMS], &[theirs("a&b")], &[RECRUITING]);
        assert_eq!(error.unwrap_err().line, 1);
    }

    #[test]
    fn lines_of_a_user_are_rules_like_the_others() {
        let forms = Source {
            name: "theirs",
            text: "Doanh nghiệp | - | doanh nghiệp | dn",
        };
        let acronyms = Source {
            name: "theirs",
            text: "eco",
        };
        let rules = Rules::read(&[LEGAL_FORMS, forms], &[ACRONYMS, acronyms], &[RECRUITING]);
        let mut names = super::super::Standardizer::new(Arc::new(rules.unwrap()));
        assert_eq!(names.standardize("DN ECO AN"), "Doanh nghiệp ECO An");
    }
}
