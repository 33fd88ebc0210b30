//! Compiles the lines of the tables into the rules of company names.

use hashbrown::HashMap;

use super::key::KeyRules;
use super::shapes::Shapes;
use super::{CompanyTables, DroppedPhrase, Form, FormCondition, Node, Rules, SpelledWord};
use crate::rules::source::{self as table, Origin, Origins, Source, TableError};
use crate::text::cases::letter;
use crate::text::split;
use crate::text::{fold, unaccented};

/// The most words of a form. Each word may have two spellings, so more words would make the tree large.
const LONGEST_FORM: usize = 8;

impl Rules {
    /// Reads the tables.
    ///
    /// # Errors
    /// A line is not a rule.
    pub fn read(tables: &CompanyTables<'_>) -> Result<Self, TableError> {
        let mut rules = Self {
            words: HashMap::new(),
            nodes: vec![Node::default()],
            begin: Vec::new(),
            spellings: Vec::new(),
            dropped: Vec::new(),
            dropped_ends: Vec::new(),
            spelled: HashMap::new(),
            spelled_shapes: Shapes::default(),
            key: KeyRules::default(),
            origins: Origins::default(),
        };
        for line in table::rules(&tables.legal_forms) {
            let origin = rules.origin(&tables.legal_forms, line);
            let mut cells = line.cells();
            let (Some(spelling), Some(condition)) = (cells.next(), cells.next()) else {
                return Err(line.error("a legal form is written `spelling | condition | found`"));
            };
            // A sign at the start would be read as part of the text before it, and written once more each time.
            if !spelling.starts_with(char::is_alphanumeric) {
                return Err(line.error("a legal form begins with a letter or a digit"));
            }
            let condition = match condition.strip_prefix("before ") {
                Some(form) => FormCondition::Before(form.to_owned()),
                None if condition == "-" => FormCondition::None,
                None => FormCondition::After(condition.to_owned()),
            };
            let number = rules
                .spelling(spelling)
                .ok_or_else(|| line.error("too many forms"))?;
            let mut none = true;
            for found in cells {
                none = false;
                rules
                    .form(found, (number, &condition, origin))
                    .map_err(|message| line.error(message))?;
            }
            if none {
                return Err(line.error("a legal form needs a spelling that is found"));
            }
        }
        rules.read_spelled(&tables.brands, true)?;
        rules.read_spelled(&tables.acronyms, false)?;
        rules.read_dropped(&tables.recruiting, false)?;
        rules.read_dropped(&tables.badges, true)?;
        // Longer phrases come first, so that `tuyển gấp` is dropped at once.
        rules
            .dropped
            .sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        rules.read_key(&tables.company_key, &tables.provinces)?;
        rules.index();
        Ok(rules)
    }

    /// Reads words with a spelling of their own: brands, or acronyms. The first line that lists a word counts.
    fn read_spelled(&mut self, sources: &[Source<'_>], are_brands: bool) -> Result<(), TableError> {
        for line in table::rules(sources) {
            let origin = self.origin(sources, line);
            for word in line.text.split_whitespace() {
                if !word.chars().all(char::is_alphabetic) {
                    return Err(line.error(format!("`{word}` is not made of letters alone")));
                }
                let lower = word.chars().map(|c| letter(c).lower).collect();
                self.spelled.entry(lower).or_insert_with(|| SpelledWord {
                    spelling: are_brands.then(|| word.to_owned()),
                    origin,
                });
            }
        }
        Ok(())
    }

    /// Reads phrases that are dropped from an end of a name.
    fn read_dropped(&mut self, sources: &[Source<'_>], are_badges: bool) -> Result<(), TableError> {
        for line in table::rules(sources) {
            let origin = self.origin(sources, line);
            let words: Option<Vec<u16>> = line
                .text
                .split(' ')
                .map(|word| self.number(&fold(word)))
                .collect();
            self.dropped.push(DroppedPhrase {
                words: words.ok_or_else(|| line.error("too many words"))?,
                is_badge: are_badges,
                origin,
            });
        }
        Ok(())
    }

    /// Builds the tables that are looked up by the number of a word.
    fn index(&mut self) {
        let words = self.words.len() + 1;
        self.begin = vec![None; words];
        for (word, to) in &self.nodes[0].next {
            self.begin[usize::from(*word)] = Some(*to);
        }
        self.dropped_ends = vec![false; words];
        let ends = self
            .dropped
            .iter()
            .flat_map(|phrase| [phrase.words.first(), phrase.words.last()]);
        for word in ends.flatten() {
            self.dropped_ends[usize::from(*word)] = true;
        }
        self.spelled_shapes = Shapes::of(self.spelled.keys());
        self.key.index(words, &self.spellings);
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
    pub(super) fn number(&mut self, folded: &str) -> Option<u16> {
        let next = u16::try_from(self.words.len() + 1).ok()?;
        Some(*self.words.entry(folded.to_owned()).or_insert(next))
    }

    /// Adds one spelling of a form, each word with and without its accents.
    fn form(
        &mut self,
        found: &str,
        (spelling, condition, origin): (u16, &FormCondition, Origin),
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
            match ends.iter().find(|known| known.condition == *condition) {
                None => {
                    ends.push(Form {
                        spelling,
                        condition: condition.clone(),
                        origin,
                    });
                    ends.sort_by_key(|form| form.condition == FormCondition::None);
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
    pub(super) fn origin(&mut self, sources: &[Source<'_>], line: table::RuleLine<'_>) -> Origin {
        if !self.origins.ends_with(line.table) {
            self.origins.add_of(sources, line.table);
        }
        self.origins.here(line.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::company::{ACRONYMS, LEGAL_FORMS};

    #[test]
    fn the_shipped_tables_are_valid() {
        assert!(Rules::read(&CompanyTables::default()).is_ok());
        assert!(Rules::shipped().spellings.len() > 15);
    }

    #[test]
    fn a_malformed_rule_is_an_error() {
        let theirs = |text| Source {
            name: "phases.data_processing.theirs",
            text,
        };
        let error = Rules::read(&CompanyTables {
            legal_forms: vec![LEGAL_FORMS, theirs("# theirs\nCông ty Hợp danh")],
            ..CompanyTables::default()
        });
        assert_eq!(
            error.unwrap_err().to_string(),
            "phases.data_processing.theirs, line 2: a legal form is written `spelling | condition | found`: `Công ty Hợp danh`"
        );
        let error = Rules::read(&CompanyTables {
            acronyms: vec![ACRONYMS, theirs("a&b")],
            ..CompanyTables::default()
        });
        assert_eq!(error.unwrap_err().line, 1);
    }
}
