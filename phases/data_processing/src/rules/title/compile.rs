//! Compiles the lines of the tables into the rules of titles.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::index::{RuleLists, index};
use super::list;
use super::phrase::{ANY, DASH_OR_NOT, ELEMENTS, END, PAY, PLACE, Phrase, span};
use super::rule::{PlaceName, PlacePrefix, TitleRule, TitleRules};
use super::table::{TABLES, Table, TableError, TableLines};
use super::word_set::{WordSet, next_words};
use super::words::{AMPERSAND, DASH, FIRST, Key, Lexicon, NUMBER, SLASH, Word, flag};
use crate::rules::source::{self, Origin, Origins};
use crate::text;
use crate::text::letters::Letters;

impl TitleRules {
    /// Compiles the shipped tables and more lines.
    ///
    /// # Errors
    /// A line is not a rule.
    pub fn new(extra: &[TableLines<'_>]) -> Result<Self, TableError> {
        let shipped = TABLES.iter().map(|(table, shipped)| TableLines {
            table: *table,
            name: shipped.name,
            text: shipped.text,
        });
        let lines: Vec<TableLines<'_>> = shipped.chain(extra.iter().copied()).collect();
        Self::read(&lines)
    }

    /// Compiles these lines only.
    ///
    /// # Errors
    /// A line is not a rule.
    pub(crate) fn read(lines: &[TableLines<'_>]) -> Result<Self, TableError> {
        let mut builder = Builder::new();
        for lines in lines {
            builder.add(lines)?;
        }
        Ok(builder.finish())
    }

    /// The shipped tables, compiled once.
    ///
    /// # Panics
    /// Never: a test compiles the tables.
    pub fn shipped() -> &'static Arc<Self> {
        static SHIPPED: LazyLock<Arc<TitleRules>> = LazyLock::new(|| match TitleRules::new(&[]) {
            Ok(rules) => Arc::new(rules),
            Err(error) => unreachable!("{error}"),
        });
        &SHIPPED
    }
}

/// Collects rules line by line.
struct Builder {
    letters: Letters,
    words: HashMap<Key, Word>,
    flags: Vec<u32>,
    spellings: Vec<Box<str>>,
    elements: Vec<Word>,
    rules: RuleLists,
    origins: Origins,
    /// The line that is being read.
    origin: Origin,
    /// The list of `title_words.txt` that the lines belong to.
    list: u32,
}

impl Builder {
    fn new() -> Self {
        Self {
            letters: Letters::new(),
            words: HashMap::new(),
            flags: vec![0; usize::from(FIRST)],
            spellings: vec![Box::default(); usize::from(FIRST)],
            elements: Vec::new(),
            rules: RuleLists::default(),
            origins: Origins::default(),
            origin: Origin::default(),
            list: 0,
        }
    }

    fn add(&mut self, lines: &TableLines<'_>) -> Result<(), TableError> {
        self.list = 0;
        self.origins.add(lines.name, lines.text);
        for (number, line) in source::numbered(lines.text) {
            self.origin = self.origins.here(number);
            self.line(lines.table, line).map_err(|reason| TableError {
                table: lines.name.to_owned(),
                line: number,
                reason,
            })?;
        }
        Ok(())
    }

    fn line(&mut self, table: Table, line: &str) -> Result<(), String> {
        match table {
            Table::Tails => {
                let rule = self.rule(line)?;
                self.rules.tails.push(rule);
            }
            Table::Leads => {
                let rule = self.rule(line)?;
                self.rules.leads.push(rule);
            }
            Table::Words => return self.list_line(line),
            Table::Places => {
                for name in line.split(',') {
                    self.place(name, false)?;
                }
            }
            Table::Districts => {
                let names = line.split_once(':').map_or(line, |(_, names)| names);
                for name in names.split(',') {
                    self.place(name, true)?;
                }
            }
            Table::Provinces => {
                for name in source::cells(line).skip(1) {
                    self.place(name, true)?;
                    self.place(&text::unaccented(name), true)?;
                }
            }
            Table::PlaceWords => self.prefix(line)?,
        }
        Ok(())
    }

    /// A line of `place_words.txt`.
    fn prefix(&mut self, line: &str) -> Result<(), String> {
        let (mut number, mut any) = (false, false);
        let mut words = line;
        loop {
            if let Some(rest) = words.strip_suffix(" <n>") {
                (number, words) = (true, rest);
            } else if let Some(rest) = words.strip_suffix(" *") {
                (any, words) = (true, rest);
            } else {
                break;
            }
        }
        let phrase = self.phrase(words)?;
        let elements = &self.elements[span(&phrase)];
        let is_plain = matches!(elements, [FIRST..ELEMENTS, ..])
            && elements.iter().all(|word| *word < ELEMENTS);
        if !is_plain {
            return Err("words before a place are plain words; <n> and * come last".to_owned());
        }
        self.rules.prefixes.push(PlacePrefix {
            phrase,
            number,
            any,
            origin: self.origin,
        });
        Ok(())
    }

    /// A line of `title_words.txt`: the name of a list, or words of it.
    fn list_line(&mut self, line: &str) -> Result<(), String> {
        let name = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        if let Some(name) = name {
            let known = list::NAMES.iter().find(|(known, _)| *known == name);
            let (_, flag) = known.ok_or_else(|| format!("there is no list [{name}]"))?;
            self.list = *flag;
            return Ok(());
        }
        if self.list == 0 {
            return Err("the name of a list must come before its words".to_owned());
        }
        for word in line.split_whitespace() {
            let word = self.word(word)?;
            self.flags[usize::from(word)] |= self.list;
        }
        Ok(())
    }

    /// A line of `title_tails.txt` or `title_leads.txt`.
    fn rule(&mut self, line: &str) -> Result<TitleRule, String> {
        let mut cells = source::cells(line);
        let mut words = cells.next().unwrap_or_default();
        let (mut at_start, mut alone, mut runs_on) = (false, false, false);
        while let Some((mark, rest)) = words.split_once(' ') {
            match mark {
                "^" => at_start = true,
                "*" => alone = true,
                "+" => runs_on = true,
                _ => break,
            }
            words = rest.trim_start();
        }
        let phrase = self.phrase(words)?;
        let (seconds, thirds) = match self.elements[span(&phrase)] {
            [NUMBER | FIRST..ELEMENTS, ref behind @ ..] => next_words(behind),
            [PAY, ..] => (WordSet::ALL, WordSet::ALL),
            _ => return Err("a rule begins with a word, <n> or <pay>".to_owned()),
        };
        let mut rule = TitleRule {
            phrase,
            seconds,
            thirds,
            at_start,
            alone,
            runs_on,
            behind: Vec::new(),
            before: Vec::new(),
            origin: self.origin,
        };
        for cell in cells {
            if let Some(words) = cell.strip_prefix("not behind:") {
                for word in words.split(',').map(str::trim) {
                    rule.behind.push(self.word_or_number(word)?);
                }
            } else if let Some(phrases) = cell.strip_prefix("not before:") {
                for words in phrases.split(',') {
                    rule.before.push(self.phrase(words)?);
                }
            } else {
                return Err(format!(
                    "`{cell}` is not a condition: write `not behind: a, b` or `not before: a b, c`"
                ));
            }
        }
        Ok(rule)
    }

    fn place(&mut self, name: &str, bare: bool) -> Result<(), String> {
        let name: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        let phrase = self.phrase(&name)?;
        if let Some(last) = self.elements[span(&phrase)].last() {
            self.flags[usize::from(*last)] |= flag::PLACE_END;
        }
        self.rules.places.push(PlaceName {
            phrase,
            bare,
            origin: self.origin,
        });
        Ok(())
    }

    fn phrase(&mut self, words: &str) -> Result<Phrase, String> {
        let start = self.at();
        for part in words.split_whitespace() {
            let element = match part {
                "<pay>" => PAY,
                "<any>" => ANY,
                "<place>" => PLACE,
                "<end>" => END,
                "-" => DASH,
                "&" => AMPERSAND,
                "/" => SLASH,
                part => {
                    self.joined(part)?;
                    continue;
                }
            };
            self.elements.push(element);
        }
        if start == self.at() {
            return Err("there is no word".to_owned());
        }
        Ok(start..self.at())
    }

    /// Adds a word, or words that a dash or a slash joins: `part-time`, `a/b`.
    fn joined(&mut self, part: &str) -> Result<(), String> {
        for (index, side) in part.split('-').enumerate() {
            if index > 0 {
                self.elements.push(DASH_OR_NOT);
            }
            for (index, word) in side.split('/').enumerate() {
                if index > 0 {
                    self.elements.push(SLASH);
                }
                let word = self.word_or_number(word)?;
                self.elements.push(word);
            }
        }
        Ok(())
    }

    fn at(&self) -> u32 {
        u32::try_from(self.elements.len()).unwrap_or(u32::MAX)
    }

    fn word_or_number(&mut self, word: &str) -> Result<Word, String> {
        if word == "<n>" {
            Ok(NUMBER)
        } else {
            self.word(word)
        }
    }

    /// The number of a word. A new word gets the next number, under both orthographies.
    fn word(&mut self, word: &str) -> Result<Word, String> {
        let folded = text::fold(&text::clean(word));
        let key = |spelling: &str| {
            Key::of(spelling, self.letters)
                .filter(|_| !spelling.starts_with(|c: char| c.is_ascii_digit()))
                .filter(|_| !spelling.is_empty())
                .ok_or_else(|| {
                    format!(
                        "`{word}` is not a word: a word has at most 16 letters or digits and begins with a letter; \
                         write `<n>` for a number"
                    )
                })
        };
        let key_new = key(&folded)?;
        let key_old = key(&text::old_tone(&folded))?;
        if let Some(known) = self.words.get(&key_new) {
            return Ok(*known);
        }
        // A word has up to two keys, and the lexicon numbers the keys with the same type.
        let new = Word::try_from(self.flags.len())
            .ok()
            .filter(|new| *new < ELEMENTS / 2)
            .ok_or("the tables have too many words")?;
        self.flags.push(0);
        self.spellings.push(folded.into_boxed_str());
        self.words.insert(key_new, new);
        self.words.insert(key_old, new);
        Ok(new)
    }

    fn finish(mut self) -> TitleRules {
        let info = index(&mut self.rules, &self.elements, &self.flags);
        let lexicon = Lexicon::new(
            self.words
                .iter()
                .map(|(key, word)| (*key, *word, info[usize::from(*word)].flags)),
        );
        let RuleLists {
            tails,
            leads,
            places,
            prefixes,
        } = self.rules;
        TitleRules {
            letters: self.letters,
            lexicon,
            info,
            spellings: self.spellings,
            elements: self.elements,
            tails,
            leads,
            places,
            prefixes,
            origins: self.origins,
        }
    }
}
