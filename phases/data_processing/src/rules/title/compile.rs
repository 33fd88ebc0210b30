//! Rules from the lines of their tables.

use std::collections::HashMap;
use std::ops::Range;

use super::table::{Lines, Table, TableError};
use super::words::{AMPERSAND, DASH, DOLLAR, FIRST, Key, Lexicon, NUMBER, SLASH, Word, flag};
use super::{
    ANY, DASH_OR_NOT, ELEMENTS, END, Info, PAY, PLACE, Phrase, Place, Prefix, Rule, Rules, Words,
    list, span,
};
use crate::rules::source::{self as file, Origin, Origins};
use crate::text;
use crate::text::letters::Letters;

/// Rules on their way in.
pub(crate) struct Builder {
    letters: Letters,
    words: HashMap<Key, Word>,
    flags: Vec<u32>,
    spellings: Vec<Box<str>>,
    elements: Vec<Word>,
    tails: Vec<Rule>,
    leads: Vec<Rule>,
    places: Vec<Place>,
    prefixes: Vec<Prefix>,
    origins: Origins,
    /// Where the line stands that is read.
    origin: Origin,
    /// The list of `title_words.txt` that lines belong to.
    list: u32,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            letters: Letters::new(),
            words: HashMap::new(),
            flags: vec![0; usize::from(FIRST)],
            spellings: vec![Box::default(); usize::from(FIRST)],
            elements: Vec::new(),
            tails: Vec::new(),
            leads: Vec::new(),
            places: Vec::new(),
            prefixes: Vec::new(),
            origins: Origins::default(),
            origin: Origin::default(),
            list: 0,
        }
    }

    pub(crate) fn add(&mut self, lines: &Lines<'_>) -> Result<(), TableError> {
        self.list = 0;
        self.origins.add(lines.name, lines.text);
        for (number, line) in file::numbered(lines.text) {
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
                self.tails.push(rule);
            }
            Table::Leads => {
                let rule = self.rule(line)?;
                self.leads.push(rule);
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
                for name in file::cells(line).skip(1) {
                    self.place(name, true)?;
                    self.place(&text::unaccented(name), true)?;
                }
            }
            Table::PlaceWords => {
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
                if !matches!(self.elements[span(&phrase)], [FIRST..ELEMENTS, ..])
                    || self.elements[span(&phrase)]
                        .iter()
                        .any(|word| *word >= ELEMENTS)
                {
                    return Err(
                        "words before a place are plain words; <n> and * stand at their end"
                            .to_owned(),
                    );
                }
                self.prefixes.push(Prefix {
                    phrase,
                    number,
                    any,
                    origin: self.origin,
                });
            }
        }
        Ok(())
    }

    fn list_line(&mut self, line: &str) -> Result<(), String> {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            self.list = list::NAMES
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, flag)| *flag)
                .ok_or_else(|| format!("there is no list [{name}]"))?;
            return Ok(());
        }
        if self.list == 0 {
            return Err("words stand before the name of their list".to_owned());
        }
        for word in line.split_whitespace() {
            let word = self.word(word)?;
            self.flags[usize::from(word)] |= self.list;
        }
        Ok(())
    }

    fn rule(&mut self, line: &str) -> Result<Rule, String> {
        let mut cells = file::cells(line);
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
            [PAY, ..] => (Words::ALL, Words::ALL),
            _ => return Err("a rule begins with a word, <n> or <pay>".to_owned()),
        };
        let mut rule = Rule {
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
                    let word = if word == "<n>" {
                        NUMBER
                    } else {
                        self.word(word)?
                    };
                    rule.behind.push(word);
                }
            } else if let Some(phrases) = cell.strip_prefix("not before:") {
                for words in phrases.split(',') {
                    rule.before.push(self.phrase(words)?);
                }
            } else {
                return Err(format!(
                    "`{cell}` is no condition: write `not behind: a, b` or `not before: a b, c`"
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
        self.places.push(Place {
            phrase,
            bare,
            origin: self.origin,
        });
        Ok(())
    }

    fn phrase(&mut self, words: &str) -> Result<Phrase, String> {
        let start = self.at();
        for part in words.split_whitespace() {
            match part {
                "<n>" => self.elements.push(NUMBER),
                "<pay>" => self.elements.push(PAY),
                "<any>" => self.elements.push(ANY),
                "<place>" => self.elements.push(PLACE),
                "<end>" => self.elements.push(END),
                "-" => self.elements.push(DASH),
                "&" => self.elements.push(AMPERSAND),
                "/" => self.elements.push(SLASH),
                part => {
                    for (index, side) in part.split('-').enumerate() {
                        if index > 0 {
                            self.elements.push(DASH_OR_NOT);
                        }
                        for (index, word) in side.split('/').enumerate() {
                            if index > 0 {
                                self.elements.push(SLASH);
                            }
                            let word = if word == "<n>" {
                                NUMBER
                            } else {
                                self.word(word)?
                            };
                            self.elements.push(word);
                        }
                    }
                }
            }
        }
        if start == self.at() {
            return Err("there is no word".to_owned());
        }
        Ok(start..self.at())
    }

    fn at(&self) -> u32 {
        u32::try_from(self.elements.len()).unwrap_or(u32::MAX)
    }

    /// The number of a word, under both orthographies.
    fn word(&mut self, word: &str) -> Result<Word, String> {
        let folded = text::fold(&text::clean(word));
        let key = |spelling: &str| {
            Key::of(spelling, self.letters)
                .filter(|_| !spelling.is_empty() && !spelling.starts_with(|c: char| c.is_ascii_digit()))
                .ok_or_else(|| {
                    format!("`{word}` is no word: a word has at most 16 letters or digits, begins with a letter, and `<n>` stands for a number")
                })
        };
        let key_new = key(&folded)?;
        let key_old = key(&text::old_tone(&folded))?;
        if let Some(known) = self.words.get(&key_new) {
            return Ok(*known);
        }
        // Each word has up to two keys, which are counted by as small a number.
        let new = Word::try_from(self.flags.len())
            .ok()
            .filter(|new| *new < ELEMENTS / 2)
            .ok_or("the tables hold too many words")?;
        self.flags.push(0);
        self.spellings.push(folded.into_boxed_str());
        self.words.insert(key_new, new);
        self.words.insert(key_old, new);
        Ok(new)
    }

    pub(crate) fn finish(mut self) -> Rules {
        let elements = std::mem::take(&mut self.elements);
        let first = |phrase: &Phrase| match elements[phrase.start as usize] {
            // Money begins with a number or a sign of its own.
            PAY => NUMBER,
            word => word,
        };
        let mut info = vec![Info::default(); self.flags.len()];
        for (info, flags) in info.iter_mut().zip(&self.flags) {
            info.flags = *flags;
        }
        // The longest first: what stands behind `có lương` belongs to it.
        let length = |phrase: &Phrase| std::cmp::Reverse(phrase.len());
        self.tails
            .sort_by_key(|rule| (first(&rule.phrase), length(&rule.phrase)));
        self.leads
            .sort_by_key(|rule| (first(&rule.phrase), length(&rule.phrase)));
        self.places
            .sort_by_key(|place| (first(&place.phrase), length(&place.phrase)));
        self.prefixes
            .sort_by_key(|prefix| (first(&prefix.phrase), length(&prefix.phrase)));
        group(
            &mut info,
            self.tails.iter().map(|rule| first(&rule.phrase)),
            flag::TAIL,
            |info| &mut info.tails,
        );
        group(
            &mut info,
            self.leads.iter().map(|rule| first(&rule.phrase)),
            flag::LEAD,
            |info| &mut info.leads,
        );
        group(
            &mut info,
            self.places.iter().map(|place| first(&place.phrase)),
            flag::PLACE,
            |info| &mut info.places,
        );
        group(
            &mut info,
            self.prefixes.iter().map(|prefix| first(&prefix.phrase)),
            flag::PREFIX,
            |info| &mut info.prefixes,
        );
        // A number is looked at closer even where no rule is left that begins with one: it may be a part of a code.
        info[usize::from(NUMBER)].flags |= flag::TAIL;
        for rule in &self.tails {
            let info = &mut info[usize::from(first(&rule.phrase))];
            info.seconds = info.seconds.or(rule.seconds);
        }
        let lexicon = Lexicon::new(
            self.words
                .iter()
                .map(|(key, word)| (*key, *word, info[usize::from(*word)].flags)),
        );
        Rules {
            letters: self.letters,
            lexicon,
            info,
            spellings: self.spellings,
            elements,
            tails: self.tails,
            leads: self.leads,
            places: self.places,
            prefixes: self.prefixes,
            origins: self.origins,
        }
    }
}

/// Which words may stand first where elements of a phrase do, and which behind one of them.
fn next_words(elements: &[Word]) -> (Words, Words) {
    match *elements {
        // They may be of several words.
        [NUMBER, ..] => (Words::one(NUMBER), Words::ALL),
        [PAY, ..] => (Words::one(NUMBER).or(Words::one(DOLLAR)), Words::ALL),
        [word @ ..ELEMENTS, ref behind @ ..] => (Words::one(word), next_words(behind).0),
        _ => (Words::ALL, Words::ALL),
    }
}

/// Gives each first word the range of the sorted entries that begin with it.
fn group(
    info: &mut [Info],
    firsts: impl Iterator<Item = Word>,
    flag: u32,
    range: impl Fn(&mut Info) -> &mut Range<u32>,
) {
    for (at, first) in (0_u32..).zip(firsts) {
        let info = &mut info[usize::from(first)];
        info.flags |= flag;
        let range = range(info);
        if range.start == range.end {
            *range = at..at;
        }
        range.end = at + 1;
    }
}
