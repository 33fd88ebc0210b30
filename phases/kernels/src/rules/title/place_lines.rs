//! Reads the lines of the tables of places.

use super::compile::Builder;
use super::phrase::ELEMENTS;
use super::rule::{PlaceName, PlacePrefix};
use super::table::Table;
use super::words::{FIRST, LONGEST, flag};
use crate::rules::source;
use crate::text;

impl Builder {
    /// A line of a table of places.
    pub(super) fn place_line(&mut self, table: Table, line: &str) -> Result<(), String> {
        match table {
            Table::Places => {
                let (bare, names) = match line.strip_prefix("* ") {
                    Some(names) => (true, names),
                    None => (false, line),
                };
                for name in names.split(',') {
                    self.place(name, bare)?;
                }
            }
            Table::Districts => {
                let names = line.split_once(':').map_or(line, |(_, names)| names);
                for name in names.split(',') {
                    self.place(name, true)?;
                    let unaccented = text::unaccented(name);
                    // One word without accents may be any word: Vinh, Lak.
                    if unaccented != name && unaccented.trim().contains(' ') {
                        self.place(&unaccented, false)?;
                    }
                }
            }
            Table::Provinces => {
                for name in source::cells(line).skip(1) {
                    self.place(name, true)?;
                    let unaccented = text::unaccented(name);
                    self.place(&unaccented, true)?;
                    // Danang, BinhDuong, HàNội.
                    for name in [name, &unaccented] {
                        let joined: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
                        if joined.chars().count() <= LONGEST {
                            self.place(&joined, true)?;
                        }
                    }
                }
            }
            Table::PlaceWords => self.prefix(line)?,
            Table::Tails | Table::Leads | Table::Words => {}
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
        let phrase = self.phrases.phrase(words)?;
        let elements = self.phrases.of(&phrase);
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

    fn place(&mut self, name: &str, bare: bool) -> Result<(), String> {
        let name: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        let phrase = self.phrases.phrase(&name)?;
        if let Some(last) = self.phrases.of(&phrase).last().copied() {
            self.phrases.add_flag(last, flag::PLACE_END);
        }
        self.rules.places.push(PlaceName {
            phrase,
            bare,
            origin: self.origin,
        });
        Ok(())
    }
}
