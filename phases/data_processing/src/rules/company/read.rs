//! Compiles the lines of the tables into the rules of company names.

use hashbrown::HashMap;

use super::{Form, Node, Rules};
use crate::rules::source::{self as table, Origin, Origins, Source, TableError};
use crate::text::split;
use crate::text::{fold, unaccented};

/// The most words of a form. Each word may have two spellings, so more words would make the tree large.
const LONGEST_FORM: usize = 8;

impl Rules {
    /// Reads the tables.
    ///
    /// # Errors
    /// A line is not a rule.
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
        // Longer phrases come first, so that `tuyển gấp` is dropped at once.
        rules
            .recruiting
            .sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        rules.index();
        Ok(rules)
    }

    /// Builds the tables that are looked up by the number of a word.
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

    /// The number of a word of a phrase. A new word gets the next number.
    fn number(&mut self, folded: &str) -> Option<u16> {
        let next = u16::try_from(self.words.len() + 1).ok()?;
        Some(*self.words.entry(folded.to_owned()).or_insert(next))
    }

    /// Adds one spelling of a form, each word with and without its accents.
    fn form(
        &mut self,
        found: &str,
        (spelling, after, origin): (u16, Option<&String>, Origin),
    ) -> Result<(), String> {
        let mut at = vec![0_u16];
        let found_words: Vec<&str> = split::split(found)
            .filter(|word| split::is_word(word))
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
            // Forms with a condition come first; otherwise the order of the table decides.
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

    /// The origin of a line, whose table may be new.
    fn origin(&mut self, sources: &[Source<'_>], line: table::RuleLine<'_>) -> Origin {
        if !self.origins.ends_with(line.table) {
            self.origins.add_of(sources, line.table);
        }
        self.origins.here(line.line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ACRONYMS, LEGAL_FORMS, RECRUITING};
    use super::*;

    #[test]
    fn the_shipped_tables_are_valid() {
        assert!(Rules::read(&[LEGAL_FORMS], &[ACRONYMS], &[RECRUITING]).is_ok());
        assert!(Rules::shipped().spellings.len() > 15);
    }

    #[test]
    fn a_malformed_rule_is_an_error() {
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
}
