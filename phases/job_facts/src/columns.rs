//! The facts of a batch as columns.

use std::sync::Arc;

use jobinsight_core::arrow_array::builder::StringBuilder;
use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use jobinsight_core::{DataType, EtlError, Resource, Result};

use crate::posting_key::posting_key;
use crate::reading::{FactReader, Facts, Texts};

/// The columns that the phase adds. A list is a text such as `{en,ja}`, as in every batch column.
pub(crate) const GIVES: &[Resource] = &[
    Resource::Typed("experience_min", || DataType::Float64),
    Resource::Typed("experience_max", || DataType::Float64),
    Resource::Typed("level", || DataType::Utf8),
    Resource::Typed("work_mode", || DataType::Utf8),
    Resource::Typed("employment_type", || DataType::Utf8),
    Resource::Typed("languages", || DataType::Utf8),
    Resource::Typed("skills_normalized", || DataType::Utf8),
    Resource::Typed("posting_key", || DataType::Int64),
];

/// The text column of that name.
pub(crate) fn texts<'a>(records: &'a RecordBatch, name: &str) -> Result<&'a StringArray> {
    records
        .column_by_name(name)
        .and_then(|column| column.as_string_opt::<i32>())
        .ok_or_else(|| EtlError::bug(format!("the batch column `{name}` does not contain text")))
}

/// The facts of each row, and the columns of [`GIVES`], in its order.
pub(crate) fn columns(
    reader: &mut FactReader,
    records: &RecordBatch,
) -> Result<(Vec<Facts>, Vec<ArrayRef>)> {
    let column = |name| texts(records, name);
    let (titles, locations) = (column("raw_title")?, column("raw_location")?);
    let skills = column("raw_skills")?;
    let (clean, companies) = (column("title_clean")?, column("company_key")?);
    let provinces = column("province_codes")?;
    let rows = records.num_rows();
    let mut facts = Vec::with_capacity(rows);
    let mut keys = Vec::with_capacity(rows);
    let all = titles.iter().zip(locations).zip(skills);
    for ((title, location), skills) in all {
        facts.push(reader.read(Texts {
            title,
            location,
            skills,
        }));
    }
    for ((title, company), provinces) in clean.iter().zip(companies).zip(provinces) {
        keys.push(title.and_then(|title| posting_key(title, company, provinces)));
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
    Ok((facts, columns))
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
    use jobinsight_core::arrow_array::Array;
    use jobinsight_core::arrow_array::cast::AsArray;

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
