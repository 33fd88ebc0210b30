//! The facts of a batch as columns.

use std::fmt::Write;
use std::sync::Arc;

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

/// The columns of [`GIVES`], in its order.
pub(crate) fn columns(reader: &mut FactReader, records: &RecordBatch) -> Result<Vec<ArrayRef>> {
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
    let languages = facts.iter().map(|facts| list(&facts.languages));
    let skills = facts.iter().map(|facts| list(&facts.skills));
    Ok(vec![
        numbers(|facts| facts.experience_min),
        numbers(|facts| facts.experience_max),
        words(|facts| facts.level),
        words(|facts| facts.work_mode),
        words(|facts| facts.employment_type),
        Arc::new(languages.collect::<StringArray>()),
        Arc::new(skills.collect::<StringArray>()),
        Arc::new(keys.into_iter().collect::<Int64Array>()),
    ])
}

/// A list as PostgreSQL reads it; `None` if it is empty.
fn list<T: AsRef<str>>(items: &[T]) -> Option<String> {
    if items.is_empty() {
        return None;
    }
    let mut list = String::from("{");
    for item in items {
        if list.len() > 1 {
            list.push(',');
        }
        let item = item.as_ref();
        if item.bytes().all(|byte| byte.is_ascii_lowercase()) && item != "null" {
            list.push_str(item);
            continue;
        }
        list.push('"');
        for c in item.chars() {
            let _ = if matches!(c, '"' | '\\') {
                write!(list, "\\{c}")
            } else {
                write!(list, "{c}")
            };
        }
        list.push('"');
    }
    list.push('}');
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn a_list_is_written_as_postgresql_reads_it() {
        assert_eq!(list::<&str>(&[]), None);
        assert_eq!(list(&["en", "ja"]).as_deref(), Some("{en,ja}"));
        let odd = ["C++", "null", "a\"b\\c", "Kế toán, Thuế"];
        let wanted = r#"{"C++","null","a\"b\\c","Kế toán, Thuế"}"#;
        assert_eq!(list(&odd).as_deref(), Some(wanted));
    }
}
