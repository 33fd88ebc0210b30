//! Compiles the lines of the tables into the rules of titles.

use std::sync::{Arc, LazyLock};

use super::index::{RuleLists, index};
use super::list;
use super::phrase::{ELEMENTS, PAY};
use super::phrase_reader::PhraseReader;
use super::rule::{TitleRule, TitleRules};
use super::table::{TABLES, Table, TableError, TableLines};
use super::word_set::{WordSet, next_words};
use super::words::{FIRST, Lexicon, NUMBER, flag};
use crate::rules::source::{self, Origin, Origins};

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
pub(super) struct Builder {
    pub(super) phrases: PhraseReader,
    pub(super) rules: RuleLists,
    origins: Origins,
    /// The line that is being read.
    pub(super) origin: Origin,
    /// The list of `title_words.txt` that the lines belong to.
    list: u32,
}

impl Builder {
    fn new() -> Self {
        Self {
            phrases: PhraseReader::new(),
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
            Table::Tails => match line.strip_prefix("~ ") {
                Some(line) => self.introduction(line)?,
                None => {
                    let rule = self.rule(line)?;
                    self.rules.tails.push(rule);
                }
            },
            Table::Leads => {
                let rule = self.rule(line)?;
                self.rules.leads.push(rule);
            }
            Table::Words => self.list_line(line)?,
            Table::Places | Table::Districts | Table::Provinces | Table::PlaceWords => {
                self.place_line(table, line)?;
            }
        }
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
            let word = self.phrases.word(word)?;
            self.phrases.add_flag(word, self.list);
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
        let phrase = self.phrases.phrase(words)?;
        let (seconds, thirds) = match *self.phrases.of(&phrase) {
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
                    rule.behind.push(self.phrases.word_or_number(word)?);
                }
            } else if let Some(phrases) = cell.strip_prefix("not before:") {
                for words in phrases.split(',') {
                    rule.before.push(self.phrases.phrase(words)?);
                }
            } else {
                return Err(format!(
                    "`{cell}` is not a condition: write `not behind: a, b` or `not before: a b, c`"
                ));
            }
        }
        Ok(rule)
    }

    /// A line of `title_tails.txt` with the mark `~`.
    fn introduction(&mut self, line: &str) -> Result<(), String> {
        let rule = self.rule(line)?;
        if let Some(last) = self.phrases.of(&rule.phrase).last().copied() {
            if !(FIRST..ELEMENTS).contains(&last) {
                return Err("an introduction ends with a word".to_owned());
            }
            self.phrases.add_flag(last, flag::INTRODUCTION);
        }
        self.rules.introductions.push(rule);
        Ok(())
    }

    fn finish(mut self) -> TitleRules {
        let PhraseReader {
            letters,
            words,
            flags,
            spellings,
            elements,
        } = self.phrases;
        let info = index(&mut self.rules, &elements, &flags);
        let lexicon = Lexicon::new(
            words
                .iter()
                .map(|(key, word)| (*key, *word, info[usize::from(*word)].flags)),
        );
        let RuleLists {
            tails,
            leads,
            introductions,
            places,
            prefixes,
        } = self.rules;
        TitleRules {
            letters,
            lexicon,
            info,
            spellings,
            elements,
            tails,
            leads,
            introductions,
            places,
            prefixes,
            origins: self.origins,
        }
    }
}
