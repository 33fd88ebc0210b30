//! The facts of a batch as columns.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, StringArray};
use arrow_schema::DataType;

use crate::facts::posting_key::{key_of_words, posting_key};
use crate::facts::reading::{FactReader, FactTexts, Facts};
use crate::facts::words::Words;

/// The columns of facts. A list is a text such as `{en,ja}`, an array literal of PostgreSQL.
pub const COLUMNS: [(&str, DataType); 8] = [
    ("experience_min", DataType::Float64),
    ("experience_max", DataType::Float64),
    ("level", DataType::Utf8),
    ("work_mode", DataType::Utf8),
    ("employment_type", DataType::Utf8),
    ("languages", DataType::Utf8),
    ("skills_normalized", DataType::Utf8),
    ("posting_key", DataType::Int64),
];

/// The columns that facts are read from.
#[derive(Debug, Clone, Copy)]
pub struct FactInput<'a> {
    /// The raw titles.
    pub titles: &'a StringArray,
    /// The raw locations.
    pub locations: &'a StringArray,
    /// The skills as JSON.
    pub skills: &'a StringArray,
    /// `title_clean`.
    pub clean_titles: &'a StringArray,
    /// `company_key`.
    pub company_keys: &'a StringArray,
    /// `province_codes`, as array literals of PostgreSQL.
    pub province_codes: &'a StringArray,
}

/// The facts of each row, and the columns of [`COLUMNS`], in its order.
pub fn columns(reader: &mut FactReader, input: FactInput<'_>) -> (Vec<Facts>, Vec<ArrayRef>) {
    let rows = input.titles.len();
    let mut facts = Vec::with_capacity(rows);
    let mut keys = Vec::with_capacity(rows);
    let texts = input.titles.iter().zip(input.locations).zip(input.skills);
    let cleaned = input.clean_titles.iter().zip(input.company_keys);
    let cleaned = cleaned.zip(input.province_codes);
    for (((title, location), skills), ((clean, company), provinces)) in texts.zip(cleaned) {
        let words = Words::of(title.unwrap_or_default());
        facts.push(reader.read_words(
            &words,
            FactTexts {
                title,
                location,
                skills,
            },
        ));
        // A third of the titles are clean already.
        keys.push(if clean == title {
            clean.and_then(|_| key_of_words(&words, company, provinces))
        } else {
            clean.and_then(|clean| posting_key(clean, company, provinces))
        });
    }
    let numbers = |get: fn(&Facts) -> Option<f64>| {
        Arc::new(facts.iter().map(get).collect::<Float64Array>()) as ArrayRef
    };
    let words = |get: fn(&Facts) -> Option<&'static str>| {
        Arc::new(facts.iter().map(get).collect::<StringArray>()) as ArrayRef
    };
    let columns = vec![
        numbers(|facts| facts.experience_min),
        numbers(|facts| facts.experience_max),
        words(|facts| facts.level),
        words(|facts| facts.work_mode),
        words(|facts| facts.employment_type),
        lists(facts.iter().map(|facts| &facts.languages)),
        lists(facts.iter().map(|facts| &facts.skills)),
        Arc::new(keys.into_iter().collect::<Int64Array>()),
    ];
    (facts, columns)
}

/// A column of lists. An empty list is NULL.
fn lists<'a, T: AsRef<str> + 'a>(all: impl Iterator<Item = &'a Vec<T>>) -> ArrayRef {
    let mut column = StringBuilder::new();
    let mut text = String::new();
    for items in all {
        if items.is_empty() {
            column.append_null();
            continue;
        }
        text.clear();
        list(items, &mut text);
        column.append_value(&text);
    }
    Arc::new(column.finish())
}

/// Adds a list as PostgreSQL reads it.
fn list<T: AsRef<str>>(items: &[T], list: &mut String) {
    list.push('{');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            list.push(',');
        }
        let item = item.as_ref();
        if item.bytes().all(|byte| byte.is_ascii_lowercase()) && item != "null" {
            list.push_str(item);
            continue;
        }
        list.push('"');
        for part in item.split_inclusive(['"', '\\']) {
            match part.strip_suffix(['"', '\\']) {
                Some(before) => {
                    list.push_str(before);
                    list.push('\\');
                    list.push_str(&part[before.len()..]);
                }
                None => list.push_str(part),
            }
        }
        list.push('"');
    }
    list.push('}');
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;

    use super::lists;

    #[test]
    fn a_list_is_written_as_postgresql_reads_it() {
        let odd = vec!["C++", "null", "a\"b\\c\\", "Kế toán, Thuế"];
        let column = lists([vec![], vec!["en", "ja"], odd].iter());
        let column = column.as_string::<i32>();
        assert!(column.is_null(0));
        assert_eq!(column.value(1), "{en,ja}");
        let wanted = r#"{"C++","null","a\"b\\c\\","Kế toán, Thuế"}"#;
        assert_eq!(column.value(2), wanted);
    }
}
