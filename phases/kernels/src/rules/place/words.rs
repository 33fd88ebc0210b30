//! The word lists of `location_words.txt`.

use hashbrown::HashSet;

use super::ends::Ends;
use super::key::{key, key_within, last_word};
use crate::rules::source::{self as table, Source, TableError};
use crate::text::letters::is_alphanumeric;
use crate::text::unaccented;

/// The word lists of locations and addresses. Each has the keys of its words or phrases.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaceWords {
    /// Places that are known and have no code: Toàn quốc.
    known: HashSet<String>,
    /// The most bytes of the key of such a place.
    longest_known: usize,
    /// The first and the last letters of such places.
    ends_of_known: Ends,
    country: HashSet<String>,
    /// Names that begin with a place's name: Thái Bình Dương.
    others: HashSet<String>,
    /// Text of the board before a place: Việc làm.
    leads: Vec<Vec<String>>,
    /// Text of the buttons of a page, as words; `<n>` is a number.
    buttons: Vec<Vec<String>>,
    button_ends: Vec<ButtonEnd>,
    street: HashSet<String>,
    name: HashSet<String>,
    street_after: HashSet<String>,
}

/// The last word of a button: its first and last byte, and its bytes.
#[derive(Debug, Clone)]
struct ButtonEnd {
    first: u8,
    last: u8,
    length: usize,
}

/// The element of a phrase that stands for a number.
const NUMBER: &str = "<n>";

impl PlaceWords {
    /// Reads the table.
    ///
    /// # Errors
    /// A line before the first list, or a list that the code does not know.
    pub(super) fn read(sources: &[Source<'_>]) -> Result<Self, TableError> {
        let mut made = Self::default();
        let mut list = None;
        for line in table::rules(sources) {
            if let Some(name) = line.text.strip_prefix('[') {
                list = Some(name.trim_end_matches(']').to_owned());
                continue;
            }
            let Some(list) = &list else {
                return Err(line.error("a word comes after the name of its list, such as [button]"));
            };
            for phrase in line.text.split(',').map(str::trim) {
                let phrase_words: Vec<String> = phrase
                    .split(' ')
                    .map(|word| {
                        if word == NUMBER {
                            NUMBER.to_owned()
                        } else {
                            key(word)
                        }
                    })
                    .filter(|word| !word.is_empty())
                    .collect();
                if phrase_words.is_empty() {
                    continue;
                }
                let whole = key(phrase);
                match list.as_str() {
                    // A known place, the country and another name may lack accents.
                    "known" => made.known.extend([unaccented(&whole), whole]),
                    "country" => made.country.extend([unaccented(&whole), whole]),
                    "other name" => made.others.extend([unaccented(&whole), whole]),
                    "lead" => made.leads.push(phrase_words),
                    "button" => made.buttons.push(phrase_words),
                    "street" => made.street.extend([whole]),
                    "name" => made.name.extend([whole]),
                    "street after" => made.street_after.extend([whole]),
                    _ => return Err(line.error(format!("a list [{list}] is not known"))),
                }
            }
        }
        for key in &made.known {
            made.ends_of_known.add(key);
        }
        made.longest_known = made.known.iter().map(String::len).max().unwrap_or(0);
        let ends = made.buttons.iter().filter_map(|button| button.last());
        let ends = ends.map(|word| ButtonEnd {
            first: word.as_bytes()[0],
            last: word.as_bytes()[word.len() - 1],
            length: word.len(),
        });
        made.button_ends = ends.collect();
        // The longest phrase comes first: `Việc làm tại` before `Việc làm`.
        for phrases in [&mut made.leads, &mut made.buttons] {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        }
        Ok(made)
    }

    /// The keys of the known places, of the country and of other names, with and without accents.
    pub(super) fn letters(&self) -> impl Iterator<Item = &str> {
        let lists = [&self.known, &self.country, &self.others];
        lists.into_iter().flatten().map(String::as_str)
    }

    /// Whether a text is a place that is known and has no code.
    pub(crate) fn is_known(&self, text: &str) -> bool {
        self.ends_of_known.may_have(text)
            && key_within(text, self.longest_known).is_some_and(|key| self.known.contains(&key))
    }

    /// Whether a key is a place that is known and has no code.
    pub(crate) fn is_known_key(&self, key: &str) -> bool {
        self.known.contains(key)
    }

    /// Whether a key is the country.
    pub(crate) fn is_country(&self, key: &str) -> bool {
        self.country.contains(key)
    }

    /// Whether a key begins with a place's name and is not a place.
    pub(crate) fn is_other(&self, key: &str) -> bool {
        self.others.contains(key)
    }

    /// Whether the name of a street or a ward follows a word, given as a key.
    pub(crate) fn begins_street(&self, key: &str) -> bool {
        self.street.contains(key)
    }

    /// Whether a word before a province's name, given as a key, makes it another name.
    pub(crate) fn begins_name(&self, key: &str) -> bool {
        self.name.contains(key)
    }

    /// Whether a word, given as a key, ends the name of a street or a ward.
    pub(crate) fn ends_street(&self, key: &str) -> bool {
        self.street_after.contains(key)
    }

    /// A text without the board's words before a place, if it begins with them.
    pub(crate) fn without_lead<'a>(&self, text: &'a str) -> Option<&'a str> {
        // Folding does not change a first letter of ASCII, apart from its case.
        let first = text.as_bytes().first()?.to_ascii_lowercase();
        let begins = |lead: &Vec<String>| lead[0].as_bytes()[0] == first;
        if first.is_ascii_alphanumeric() && !self.leads.iter().any(begins) {
            return None;
        }
        let (word, behind) = text.split_once(' ')?;
        let word = key(word);
        self.leads.iter().find_map(|lead| {
            let (begin, others) = lead.split_first()?;
            if *begin != word {
                return None;
            }
            let mut rest = behind;
            for wanted in others {
                let (word, behind) = rest.split_once(' ')?;
                if key(word) != *wanted {
                    return None;
                }
                rest = behind;
            }
            Some(rest.trim_start())
        })
    }

    /// A text without the text of buttons at its end.
    pub(crate) fn without_buttons<'a>(&self, text: &'a str) -> &'a str {
        let mut text = text;
        while let Some(rest) = self.without_button(text) {
            text = rest;
        }
        text
    }

    /// Whether a text may end with the last word of a button. Nearly every text ends with another word, as the last letter
    /// shows, and the letter where that word would begin. Folding changes neither the length nor a letter of ASCII, apart
    /// from its case.
    fn may_end_with_button(&self, text: &str) -> bool {
        // A sign may follow the last word.
        if !text.ends_with(is_alphanumeric) {
            return true;
        }
        let bytes = text.as_bytes();
        let may_be = |at: usize, wanted: u8| {
            let byte = bytes[at].to_ascii_lowercase();
            byte == wanted || !byte.is_ascii() && !wanted.is_ascii()
        };
        self.button_ends.iter().any(|end| {
            let begin = bytes.len().checked_sub(end.length);
            may_be(bytes.len() - 1, end.last) && begin.is_some_and(|at| may_be(at, end.first))
        })
    }

    fn without_button<'a>(&self, text: &'a str) -> Option<&'a str> {
        if !self.may_end_with_button(text) {
            return None;
        }
        let last_key = key(last_word(text)?.1);
        self.buttons.iter().find_map(|button| {
            if button.last() != Some(&last_key) {
                return None;
            }
            let mut rest = text;
            for wanted in button.iter().rev() {
                let (start, word) = last_word(rest)?;
                let is_it = if wanted == NUMBER {
                    word.bytes().all(|byte| byte.is_ascii_digit())
                } else {
                    key(word) == *wanted
                };
                if !is_it {
                    return None;
                }
                rest = rest[..start].trim_end_matches([' ', '.', '…', ',']);
            }
            Some(rest)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::PlaceRules;

    #[test]
    fn the_text_of_buttons_is_removed_from_the_end() {
        let words = &PlaceRules::shipped().words;
        for (text, wanted) in [
            (
                "Phường Bạc Liêu ...và 4 địa điểm khác Thu gọn",
                "Phường Bạc Liêu",
            ),
            ("Phường Bạc Liêu … và 4 địa điểm khác", "Phường Bạc Liêu"),
            ("12 Lê Lợi Xem thêm", "12 Lê Lợi"),
            ("Xem thêm", ""),
            ("Tòa nhà Thu Gọn 2", "Tòa nhà Thu Gọn 2"),
            ("địa điểm khác", "địa điểm khác"),
        ] {
            assert_eq!(words.without_buttons(text), wanted);
        }
        assert_eq!(words.without_lead("Việc làm tại Huế"), Some("Huế"));
        assert_eq!(words.without_lead("Việc làm"), None);
    }
}
