//! The fingerprint of a raw posting: the 64 bits that the pipeline stores in `source_hash`.
//!
//! The pipeline computes `hash_record_extended(ROW(…), 0)` in PostgreSQL. This module computes the same number without a server. With it,
//! another engine knows which rows have not changed since the pipeline published them.
//!
//! 1. Each column of [`COLUMNS`] has a hash by its type; NULL has 0.
//! 2. The fingerprint begins with 0. For each column, it becomes 31 times itself plus the hash of the column.
//!
//! Texts are hashed as they are, `skills` as the value of the JSON, and times as microseconds. A number in the JSON with more than 15
//! digits may have another hash than in PostgreSQL.

mod hash;
mod json;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch};
use arrow_schema::ArrowError;

use crate::input;

/// The columns that the fingerprint depends on, in their order. All columns of the raw table but the key.
pub const COLUMNS: [&str; 14] = [
    "title",
    "job_url",
    "company_name",
    "company_url",
    "salary",
    "skills",
    "location",
    "location_detail",
    "deadline",
    "verified_employer",
    "last_update",
    "logo_url",
    "posted_time",
    "crawled_at",
];

/// The time from 1970 to 2000, where the times of PostgreSQL begin, in microseconds.
const EPOCH: i64 = 946_684_800_000_000;

/// The fingerprint of each row. A column that the batch lacks is NULL.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use jobinsight_kernels::fingerprint::fingerprints;
///
/// let titles = |titles: [&'static str; 2]| Arc::new(StringArray::from(titles.to_vec())) as ArrayRef;
/// let batch = RecordBatch::try_from_iter([("title", titles(["Kế Toán", "Lái Xe"]))]).unwrap();
/// let hashes = fingerprints(&batch).unwrap();
/// assert_ne!(hashes.value(0), hashes.value(1));
/// ```
///
/// # Errors
/// A column has another type than text, `skills` than text or a list of texts, `verified_employer` than Boolean, or a time than
/// time or text.
pub fn fingerprints(batch: &RecordBatch) -> Result<Int64Array, ArrowError> {
    let mut sums = vec![0_u64; batch.num_rows()];
    for name in COLUMNS {
        let column = hashed(batch, name)?;
        for (row, sum) in sums.iter_mut().enumerate() {
            *sum = sum.wrapping_mul(31).wrapping_add(column.hash(row));
        }
    }
    Ok(sums.into_iter().map(u64::cast_signed).collect())
}

/// A column whose values are hashed.
enum Hashed {
    Text(ArrayRef),
    Json(ArrayRef),
    Flag(ArrayRef),
    Time(ArrayRef),
    Missing,
}

fn hashed(batch: &RecordBatch, name: &str) -> Result<Hashed, ArrowError> {
    if batch.column_by_name(name).is_none() {
        return Ok(Hashed::Missing);
    }
    Ok(match name {
        "skills" => Hashed::Json(Arc::new(input::skills(batch, name)?)),
        "verified_employer" => Hashed::Flag(Arc::new(input::flags(batch, name)?)),
        "posted_time" | "crawled_at" => Hashed::Time(Arc::new(input::times(batch, name)?)),
        _ => Hashed::Text(Arc::new(input::text(batch, name)?)),
    })
}

impl Hashed {
    fn hash(&self, row: usize) -> u64 {
        match self {
            Self::Text(column) | Self::Json(column) | Self::Flag(column) | Self::Time(column)
                if column.is_null(row) =>
            {
                0
            }
            Self::Missing => 0,
            Self::Text(column) => hash::bytes(column.as_string::<i32>().value(row).as_bytes()),
            Self::Json(column) => json::of_text(column.as_string::<i32>().value(row)),
            Self::Flag(column) => hash::number(column.as_boolean().value(row).into()),
            Self::Time(column) => {
                let times = column.as_primitive::<TimestampMicrosecondType>();
                hash::long(times.value(row) - EPOCH)
            }
        }
    }
}
