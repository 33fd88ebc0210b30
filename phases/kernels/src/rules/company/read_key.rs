//! Compiles the lines of the table `company_key`.

use super::Rules;
use super::key::{USES, part, squashed};
use crate::rules::source::{self as table, Source, TableError};
use crate::text::{fold, unaccented};

impl Rules {
    /// Reads the words of the key.
    pub(super) fn read_key(
        &mut self,
        sources: &[Source<'_>],
        provinces: &[Source<'_>],
    ) -> Result<(), TableError> {
        for line in table::rules(provinces) {
            for name in line.cells().skip(1) {
                self.key.places.insert(squashed(name));
            }
        }
        for line in table::rules(sources) {
            let mut cells = line.cells();
            let name = cells.next().unwrap_or_default();
            let cells: Vec<&str> = cells.collect();
            if cells.is_empty() || cells.iter().any(|cell| squashed(cell).is_empty()) {
                return Err(line.error("a line is written `use | phrase | phrase`"));
            }
            if name == "joint" {
                self.key
                    .joints
                    .extend(cells.iter().map(|word| squashed(word)));
            }
            if let Some((_, uses)) = USES.iter().find(|(known, _)| *known == name) {
                for phrase in cells {
                    self.key_phrase(phrase, *uses)
                        .ok_or_else(|| line.error("too many words"))?;
                }
                continue;
            }
            let (text, found) = (squashed(cells[0]), &cells[1..]);
            match name {
                "place" => {
                    let names = cells.iter().map(|name| squashed(name));
                    self.key.places.extend(names);
                }
                "word" | "name" if found.is_empty() => {
                    return Err(line.error("a line is written `use | written | found`"));
                }
                "word" => {
                    for word in found {
                        let number = self.key_phrase(word, part::GENERIC);
                        number.ok_or_else(|| line.error("too many words"))?;
                        self.key.written.insert(squashed(word), text.clone());
                    }
                }
                "name" => {
                    let names = found
                        .iter()
                        .map(|other| (cells[0].to_owned(), (*other).to_owned()));
                    self.key.other_names.extend(names);
                }
                _ => return Err(line.error("this use is not known")),
            }
        }
        Ok(())
    }

    /// Adds a phrase, with and without its accents. Returns `None` if there are too many words.
    fn key_phrase(&mut self, phrase: &str, uses: u16) -> Option<()> {
        self.key.form_texts.push((uses, squashed(phrase)));
        for spelled in [fold(phrase), unaccented(phrase)] {
            let words: Option<Vec<u16>> = spelled
                .split_whitespace()
                .map(|word| self.number(word))
                .collect();
            let words = words?;
            match words.as_slice() {
                [] => {}
                [word] => self.key.words.push((*word, uses)),
                [first, rest @ ..] => {
                    let phrases = self.key.phrases.entry(*first).or_default();
                    phrases.push((uses, rest.to_vec()));
                }
            }
        }
        Some(())
    }
}
