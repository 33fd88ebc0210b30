//! The batch columns of the facts.

use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::{ArrayRef, RecordBatch, StringArray};
use jobinsight_core::{DataType, EtlError, Resource, Result};
use jobinsight_kernels::facts::{self, FactInput, FactReader, Facts};

/// The columns that the phase adds. A list is a text such as `{en,ja}`, as in every batch column.
pub(crate) const GIVES: &[Resource] = &{
    let mut columns = [Resource::Schema; facts::COLUMNS.len()];
    let mut index = 0;
    while index < columns.len() {
        columns[index] = match facts::COLUMNS[index] {
            (name, DataType::Float64) => Resource::Typed(name, || DataType::Float64),
            (name, DataType::Int64) => Resource::Typed(name, || DataType::Int64),
            (name, _) => Resource::Typed(name, || DataType::Utf8),
        };
        index += 1;
    }
    columns
};

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
    let input = FactInput {
        titles: column("raw_title")?,
        locations: column("raw_location")?,
        skills: column("raw_skills")?,
        clean_titles: column("title_clean")?,
        company_keys: column("company_key")?,
        province_codes: column("province_codes")?,
    };
    Ok(facts::columns(reader, input))
}
