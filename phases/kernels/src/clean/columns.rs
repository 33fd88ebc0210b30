//! The columns of the result.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, ListArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, Field, FieldRef, Schema};
use arrow_select::filter::filter;

use super::lists;
use super::reports::KEY;
use crate::facts::{self, FactInput, FactReader};
use crate::kernel::Transformed;

/// A column and its field.
pub(super) type Column = (FieldRef, ArrayRef);

/// A column of lists.
pub(super) fn list_column(name: &str, lists: ListArray, is_nullable: bool) -> Column {
    let field = Field::new(name, lists.data_type().clone(), is_nullable);
    (Arc::new(field), Arc::new(lists))
}

/// The derived columns of the rows that are kept, without the warnings. Array literals become lists.
pub(super) fn derived(
    made: &Transformed,
    parsed: &[RecordBatch],
    has_remaining: bool,
) -> Result<Vec<Column>, ArrowError> {
    let mut columns = Vec::new();
    for batch in std::iter::once(&made.batch).chain(parsed) {
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            columns.push(match field.name().as_str() {
                KEY | "title_salary" | "warnings" | "salary_warning" | "deadline_warning" => {
                    continue;
                }
                "time_remaining" if !has_remaining => continue,
                name @ ("location_codes" | "province_codes") => {
                    let lists = lists::of_literals(text(batch, name)?);
                    list_column(name, lists, field.is_nullable())
                }
                _ => (Arc::clone(field), Arc::clone(column)),
            });
        }
    }
    Ok(columns)
}

/// The columns of facts: title, location and skills are the raw texts.
pub(super) fn fact_columns(
    reader: &mut FactReader,
    raw: [&ArrayRef; 3],
    made: &RecordBatch,
) -> Result<Vec<Column>, ArrowError> {
    let [titles, locations, skills] = raw.map(AsArray::as_string);
    let input = FactInput {
        titles,
        locations,
        skills,
        clean_titles: text(made, "title_clean")?,
        company_keys: text(made, "company_key")?,
        province_codes: text(made, "province_codes")?,
    };
    let (facts, columns) = facts::columns(reader, input);
    let columns = facts::COLUMNS.iter().zip(columns);
    let columns = columns.map(|((name, _), column)| {
        let column: ArrayRef = match *name {
            "languages" => Arc::new(lists::of_texts(facts.iter().map(|row| &*row.languages))),
            "skills_normalized" => Arc::new(lists::of_texts(facts.iter().map(|row| &*row.skills))),
            _ => column,
        };
        let field = Field::new(*name, column.data_type().clone(), true);
        (Arc::new(field), column)
    });
    Ok(columns.collect())
}

/// The columns of the batch without the rejected rows, and the derived columns, which replace columns of the same name.
pub(super) fn rows(
    batch: &RecordBatch,
    kept: &BooleanArray,
    derived: Vec<Column>,
) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let mut derived: Vec<Option<Column>> = derived.into_iter().map(Some).collect();
    let mut all = Vec::with_capacity(schema.fields().len() + derived.len());
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let same = derived.iter_mut().find(|made| {
            let name = made.as_ref().map(|(made, _)| made.name());
            name == Some(field.name())
        });
        all.push(match same.and_then(Option::take) {
            Some(made) => made,
            None => (Arc::clone(field), filter(column, kept)?),
        });
    }
    all.extend(derived.into_iter().flatten());
    let (fields, columns): (Vec<FieldRef>, Vec<ArrayRef>) = all.into_iter().unzip();
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    RecordBatch::try_new(Arc::new(schema), columns)
}

/// A text column that the kernel derived.
pub(super) fn text<'a>(made: &'a RecordBatch, name: &str) -> Result<&'a StringArray, ArrowError> {
    let column = made.column_by_name(name);
    let column = column.and_then(|column| column.as_string_opt::<i32>());
    column.ok_or_else(|| ArrowError::SchemaError(format!("the kernel derives no text `{name}`")))
}
