//! Batches of postings for the tests of the kernel.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};

/// Title, company, location and detail of a posting.
pub(crate) type Row<'a> = [Option<&'a str>; 4];

/// A batch of postings; the key of a row is its index.
pub(crate) fn batch(rows: &[Row<'_>]) -> RecordBatch {
    let column = |at: usize| {
        let values = rows.iter().map(|row| row[at]);
        Arc::new(values.collect::<StringArray>()) as ArrayRef
    };
    let keys: StringArray = (0..rows.len()).map(|row| Some(row.to_string())).collect();
    RecordBatch::try_from_iter([
        ("job_id", Arc::new(keys) as ArrayRef),
        ("title", column(0)),
        ("company_name", column(1)),
        ("location", column(2)),
        ("location_detail", column(3)),
    ])
    .expect("the columns have one length")
}
