//! The columns of raw postings, in the types that the kernels read.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{
    Array, ArrayRef, BooleanArray, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, TimeUnit};

/// A text column. A column that does not exist is NULL in every row.
///
/// # Errors
/// The column has another type than text.
pub(crate) fn text(batch: &RecordBatch, name: &str) -> Result<StringArray, ArrowError> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(StringArray::new_null(batch.num_rows()));
    };
    as_text(column).ok_or_else(|| wrong_type(name, column, "text"))
}

/// A text column that must exist.
///
/// # Errors
/// The column does not exist, or has another type than text.
pub(crate) fn required_text(batch: &RecordBatch, name: &str) -> Result<StringArray, ArrowError> {
    if batch.column_by_name(name).is_none() {
        let schema = batch.schema();
        let names: Vec<&str> = schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect();
        return Err(ArrowError::SchemaError(format!(
            "the table has no column `{name}`; its columns are: {}",
            names.join(", ")
        )));
    }
    text(batch, name)
}

/// The skills as JSON: a text column, or a column of lists of texts.
///
/// # Errors
/// The column has another type.
pub(crate) fn skills(batch: &RecordBatch, name: &str) -> Result<StringArray, ArrowError> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(StringArray::new_null(batch.num_rows()));
    };
    let lists = match column.data_type() {
        DataType::LargeList(_) | DataType::ListView(_) | DataType::FixedSizeList(..) => {
            let item = Arc::new(arrow_schema::Field::new("item", DataType::Utf8, true));
            cast(column, &DataType::List(item)).ok()
        }
        DataType::List(_) => Some(Arc::clone(column)),
        _ => return text(batch, name),
    };
    let wrong = || wrong_type(name, column, "text or a list of texts");
    let lists = lists.ok_or_else(wrong)?;
    let lists = lists.as_list::<i32>();
    let items = as_text(lists.values()).ok_or_else(wrong)?;
    let offsets = lists.value_offsets();
    let rows = (0..lists.len()).map(|row| {
        let items = (offsets[row]..offsets[row + 1]).map(|at| {
            let at = usize::try_from(at).unwrap_or_default();
            items.is_valid(at).then(|| items.value(at))
        });
        let list = || items.collect::<serde_json::Value>().to_string();
        lists.is_valid(row).then(list)
    });
    Ok(rows.collect())
}

/// A column of times in UTC: times of any unit and zone, or texts of RFC 3339. A time without a zone is UTC, and a text that is
/// not a time is NULL.
///
/// # Errors
/// The column has another type.
pub(crate) fn times(
    batch: &RecordBatch,
    name: &str,
) -> Result<TimestampMicrosecondArray, ArrowError> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(TimestampMicrosecondArray::new_null(batch.num_rows()));
    };
    let texts = as_text(column).map(|texts| Arc::new(texts) as ArrayRef);
    let given = texts.as_ref().unwrap_or(column);
    let is_time = matches!(given.data_type(), DataType::Timestamp(..) | DataType::Utf8);
    // The name UTC needs a database of time zones.
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
    let times = is_time.then(|| cast(given, &utc)).transpose()?;
    let times = times.ok_or_else(|| wrong_type(name, column, "time"))?;
    Ok(times.as_primitive::<TimestampMicrosecondType>().clone())
}

/// A Boolean column.
///
/// # Errors
/// The column has another type.
pub(crate) fn flags(batch: &RecordBatch, name: &str) -> Result<BooleanArray, ArrowError> {
    let Some(column) = batch.column_by_name(name) else {
        return Ok(BooleanArray::new_null(batch.num_rows()));
    };
    match column.data_type() {
        DataType::Boolean => Ok(column.as_boolean().clone()),
        DataType::Null => Ok(BooleanArray::new_null(column.len())),
        _ => Err(wrong_type(name, column, "Boolean")),
    }
}

/// The keys of the rows as text. Returns `None` if the batch has no column of keys, or if its type cannot be written as text.
pub(crate) fn keys(batch: &RecordBatch, name: &str) -> Option<StringArray> {
    let column = batch.column_by_name(name)?;
    as_text(column).or_else(|| as_text(&cast(column, &DataType::Utf8).ok()?))
}

/// The texts of a column; `None` if it has another type. Offsets may have any size, because the texts are copied into a column
/// of their own unless they are one already.
fn as_text(column: &ArrayRef) -> Option<StringArray> {
    Some(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().clone(),
        DataType::LargeUtf8 => column.as_string::<i64>().iter().collect(),
        DataType::Utf8View => column.as_string_view().iter().collect(),
        DataType::Null => StringArray::new_null(column.len()),
        DataType::Dictionary(_, values) if values.is_string() => {
            as_text(&cast(column, values).ok()?)?
        }
        _ => return None,
    })
}

fn wrong_type(name: &str, column: &ArrayRef, wanted: &str) -> ArrowError {
    ArrowError::SchemaError(format!(
        "the column `{name}` has the type {}, and not {wanted}",
        column.data_type()
    ))
}
