//! Replaces the words of a salary by marks.
//!
//! 1. The text is folded, and phrases of several words become one word.
//! 2. It is cut into words, numbers and signs.
//! 3. Each of them is replaced by its mark, if it has one. A unit must follow a number. A period must follow "/" or a word
//!    such as "per".
//!
//! Example: "Từ 10 đến 15 triệu/tháng" has the result "> 10 < 15MO".

use super::patterns::EMPTY_BRACKETS;
use super::words::{FRACTION_UNITS, PER, PERIODS, PHRASES, SIGNS, UNITS, mark};
use crate::short_text::folded;

/// The marks of currencies.
pub(super) const CURRENCIES: [&str; 6] = ["U", "V", "E", "J", "S", "W"];

/// The marks of a salary, as the SQL function `salary_marks` returns them.
pub(super) fn marks(source: &str) -> String {
    // "~" before the first number means about. Between two numbers it is a dash.
    let mut folded = folded(source.trim_start_matches([' ', '~', '≈']));
    for (phrase, word) in PHRASES {
        if folded.contains(phrase) {
            folded = folded.replace(phrase, word);
        }
    }
    let mut marker = Marker::default();
    let mut rest = folded.as_str();
    while !rest.is_empty() {
        let (word, after) = rest.split_at(length(rest));
        marker.add(word);
        rest = after;
    }
    marker.finish()
}

/// The length of the word, the number or the sign at the beginning of a text that is not empty.
fn length(text: &str) -> usize {
    let digits = |from: usize| {
        text.as_bytes()[from..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count()
    };
    let letters = text.bytes().take_while(u8::is_ascii_lowercase).count();
    if letters > 0 {
        return letters;
    }
    let mut end = digits(0);
    if end == 0 {
        return text.chars().next().map_or(0, char::len_utf8);
    }
    while matches!(text.as_bytes().get(end), Some(b'.' | b',')) && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    end
}

/// The marks so far.
#[derive(Default)]
struct Marker<'a> {
    marked: String,
    /// The marks before the last word.
    earlier: String,
    last_word: &'a str,
    /// The sign or word before this one, which may be a space.
    beside: &'a str,
    has_ignored: bool,
}

impl<'a> Marker<'a> {
    fn add(&mut self, word: &'a str) {
        if word == " " {
            self.marked.push(' ');
            self.beside = word;
            return;
        }
        let mark = self
            .period(word)
            .map(str::to_owned)
            .or_else(|| self.unit(word))
            .or_else(|| self.sign(word).map(str::to_owned));
        self.earlier.clone_from(&self.marked);
        self.marked.push_str(mark.as_deref().unwrap_or(word));
        self.last_word = word;
        self.beside = word;
    }

    /// The mark of a period after "/" or a word such as "per".
    fn period(&mut self, word: &str) -> Option<&'static str> {
        if !PER.contains(&self.last_word) {
            return None;
        }
        let mark = mark(PERIODS, word)?;
        // "10 triệu 1 tháng" and "10 triệu/1 năm", but not "10 triệu, 1 năm kinh nghiệm".
        if matches!(self.last_word, "1" | "01") {
            let before = self.earlier.trim_end_matches(' ').chars().next_back();
            let before = before.unwrap_or(' ');
            let is_amount =
                !matches!(mark, "Y" | "Q") && (matches!(before, 'M' | 'K') || is_currency(before));
            if before != '/' && !is_amount {
                return None;
            }
        }
        self.earlier
            .truncate(self.earlier.trim_end_matches([' ', '/']).len());
        self.marked.clone_from(&self.earlier);
        Some(mark)
    }

    /// The mark of a unit after a number, or the fraction after a unit.
    fn unit(&mut self, word: &str) -> Option<String> {
        let number = self.marked.trim_end_matches([' ', '(', '+']);
        let last = number.chars().next_back();
        let is_after_number = last.is_none_or(|c| c.is_ascii_digit() || matches!(c, 'M' | 'K'));
        if self.marked.is_empty() || !is_after_number {
            return None;
        }
        if let Some(mark) = mark(UNITS, word) {
            self.marked.truncate(number.len());
            // "35-55M triệu".
            return Some(if ends_with_mark(&self.marked, mark) {
                String::new()
            } else {
                mark.to_owned()
            });
        }
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        if self.beside == " " && word.len() == 3 && is_digits(word) && is_digits(self.last_word) {
            // Spaces between groups of thousands ("10 000 000").
            self.marked
                .truncate(self.marked.trim_end_matches(' ').len());
        } else if FRACTION_UNITS.contains(&self.beside) && word.len() <= 3 && is_digits(word) {
            // A fraction after the unit ("12tr5", "1k5").
            let unit = self.marked.pop().map(String::from).unwrap_or_default();
            return Some(format!(".{word}{unit}"));
        }
        None
    }

    /// The mark of a word that has its meaning anywhere.
    fn sign(&mut self, word: &str) -> Option<&'static str> {
        // In "A$500", the sign is another currency.
        if word == "$" && self.marked.ends_with(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let mut mark = mark(SIGNS, word)?;
        if CURRENCIES.contains(&mark) && ends_with_mark(self.marked.trim_end_matches(' '), mark) {
            mark = "";
        }
        self.has_ignored |= mark.is_empty();
        Some(mark)
    }

    fn finish(self) -> String {
        let mut marked = self.marked;
        if self.has_ignored {
            marked = EMPTY_BRACKETS.replace_all(&marked, " ").into_owned();
        }
        let words: Vec<&str> = marked.split(' ').filter(|word| !word.is_empty()).collect();
        words.join(" ")
    }
}

fn is_currency(c: char) -> bool {
    CURRENCIES.iter().any(|mark| mark.starts_with(c))
}

/// Whether the last mark of a text is this one. Two marks together are never the last one.
fn ends_with_mark(marked: &str, mark: &str) -> bool {
    mark.len() == 1 && marked.ends_with(mark)
}
