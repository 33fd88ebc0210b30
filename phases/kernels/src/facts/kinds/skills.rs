//! Skills, in one spelling each.
//!
//! 1. A skill of the table has the spelling of the table. Accents, case, and the signs between words do not count, so `node
//!    js` is `Node.js`.
//! 2. Any other skill is written by its letters alone, so that two spellings that differ in case give one value, in whatever
//!    batch they come: the words of the table as there (`thành thạo excel` is `Thành thạo Excel`), a word without a vowel in
//!    capitals, and else one capital at the start. A skill without Vietnamese letters has one in each word, as usual in English.
//! 3. The names with the condition `title` are read in the title as well.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::facts::letters::composed;
use crate::facts::rules::line::FactLine;
use crate::facts::words::Words;

/// The spellings of the table.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    values: Vec<Arc<str>>,
    /// The folded words of each spelling, and its place among the values.
    by_words: HashMap<String, usize>,
    /// Names of one word, in lower case.
    by_word: HashMap<String, usize>,
}

/// English words that have no capital inside a name.
const SMALL: [&str; 14] = [
    "a", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
];

impl Spellings {
    /// Adds a line of the table. A later line wins.
    pub(crate) fn add(&mut self, line: &FactLine<'_>) {
        let place = self.values.len();
        self.values.push(Arc::from(line.value));
        for name in line.phrases.iter().chain([&line.value]) {
            self.by_words.insert(Words::of(name).joined(), place);
        }
        if !line.value.contains(' ') {
            self.by_word.insert(line.value.to_lowercase(), place);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The spelling with that number.
    pub(crate) fn value(&self, place: usize) -> Option<&Arc<str>> {
        self.values.get(place)
    }

    /// The one spelling of a skill; `None` if it has no letter.
    pub(crate) fn spelled(&self, skill: &str) -> Option<Arc<str>> {
        let words = Words::of(skill);
        if words.len() == 0 {
            return None;
        }
        let known = self.by_words.get(&words.joined());
        match known.and_then(|place| self.values.get(*place)) {
            Some(value) => Some(Arc::clone(value)),
            None => Some(Arc::from(self.written(skill))),
        }
    }

    /// The skill written by its letters alone.
    fn written(&self, skill: &str) -> String {
        let text = composed(skill).to_lowercase();
        let ends = |c: char| matches!(c, '.' | ',' | ';' | ':' | '-') || c.is_whitespace();
        let words: Vec<&str> = text.trim_end_matches(ends).split_whitespace().collect();
        let text = words.join(" ");
        let mut written = String::with_capacity(text.len());
        let is_english = outside_brackets(&text).is_ascii();
        let mut is_inside = false;
        // A slash, a bracket or a plus begins a name of its own.
        for part in text.split_inclusive(['/', '(', ')', '[', ']', '+', '&']) {
            let is_english = if is_inside {
                part.is_ascii()
            } else {
                is_english
            };
            let mut style = Style::First;
            for (index, word) in part.split(' ').enumerate() {
                if index > 0 {
                    written.push(' ');
                }
                self.push_word(word, is_english, style, &mut written);
                style = match word {
                    "" => style,
                    // The name of a language.
                    "tiếng" => Style::Name,
                    _ => Style::Inside,
                };
            }
            is_inside = part.ends_with(['(', '[']) || is_inside && !part.ends_with([')', ']']);
        }
        written
    }

    fn push_word(&self, word: &str, is_english: bool, style: Style, written: &mut String) {
        let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '#' | '+');
        let (start, end) = match (word.find(is_inside), word.rfind(is_inside)) {
            (Some(start), Some(end)) => (
                start,
                end + word[end..].chars().next().map_or(0, char::len_utf8),
            ),
            _ => return written.push_str(word),
        };
        written.push_str(&word[..start]);
        let core = &word[start..end];
        if let Some(known) = self
            .by_word
            .get(core)
            .and_then(|place| self.values.get(*place))
        {
            written.push_str(known);
        } else if is_abbreviation(core) {
            written.extend(core.chars().flat_map(char::to_uppercase));
        } else if style != Style::Inside || is_english && !SMALL.contains(&core) {
            let mut after_sign = true;
            for c in core.chars() {
                if after_sign {
                    written.extend(c.to_uppercase());
                } else {
                    written.push(c);
                }
                after_sign = is_english && c == '-';
            }
        } else {
            written.push_str(core);
        }
        written.push_str(&word[end..]);
    }
}

/// Where a word stands in a skill.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    First,
    Name,
    Inside,
}

/// A text without the parts in brackets.
fn outside_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let is_outside = move |c: &char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    };
    text.chars().filter(is_outside).collect()
}

/// Whether a word has no vowel. `y` is one.
fn is_abbreviation(word: &str) -> bool {
    let folded = Words::of(word).joined();
    folded.len() < 6
        && folded
            .chars()
            .all(|c| c.is_alphanumeric() && !"aeiouy".contains(c))
}

/// The skills of a JSON array of texts; also of a text with commas, as some crawlers write them.
pub(crate) fn listed(skills: &serde_json::Value) -> Vec<&str> {
    match skills {
        serde_json::Value::Array(skills) => skills
            .iter()
            .filter_map(serde_json::Value::as_str)
            .collect(),
        serde_json::Value::String(skills) => skills.split(',').collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(skill: &str) -> Option<String> {
        let mut spellings = Spellings::default();
        for line in [
            "Node.js: nodejs",
            "Excel: ms excel",
            "SQL",
            "Kinh doanh: sale",
        ] {
            spellings.add(&FactLine::read(line).unwrap());
        }
        spellings.spelled(skill).map(|skill| skill.to_string())
    }

    #[test]
    fn a_skill_has_one_spelling_whatever_its_case() {
        for (skill, wanted) in [
            ("NODE JS", "Node.js"),
            ("ms  Excel", "Excel"),
            ("Thành Thạo EXCEL", "Thành thạo Excel"),
            ("PHÂN TÍCH dữ liệu", "Phân tích dữ liệu"),
            ("data Analysis of sql", "Data Analysis of SQL"),
            ("e-commerce strategy", "E-Commerce Strategy"),
            ("kế toán/kiểm toán/thuế", "Kế toán/Kiểm toán/Thuế"),
            (
                "chăm sóc khách hàng (customer service)/vận hành",
                "Chăm sóc khách hàng (Customer Service)/Vận hành",
            ),
            (
                "systems engineer / administrator",
                "Systems Engineer / Administrator",
            ),
            ("rdbms", "RDBMS"),
            ("kinh DOANH/bán hàng", "Kinh doanh/Bán hàng"),
            ("Giáo Viên Tiếng Anh", "Giáo viên tiếng Anh"),
            ("Word, Excel.", "Word, Excel"),
        ] {
            assert_eq!(spelled(skill).as_deref(), Some(wanted), "{skill}");
            assert_eq!(spelled(wanted).as_deref(), Some(wanted), "again: {wanted}");
            assert_eq!(
                spelled(&skill.to_uppercase()).as_deref(),
                Some(wanted),
                "{skill}"
            );
        }
        assert_eq!(spelled(" - "), None);
    }
}
