//! A batch that is a range of blocks of the raw table, or of one of its partitions.

use jobinsight_core::{EtlError, Result};
use tokio_postgres::Row;

use crate::{Value, codes};

/// The blocks of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockRange {
    /// The first block.
    pub first: i64,
    /// The block after the last.
    pub end: i64,
    /// The quoted name of the partition; `None` if the raw table is a plain table.
    pub partition: Option<String>,
}

impl BlockRange {
    /// The range in a row of the queue: the first block and the block after the last, which are NULL if the batch is not a range,
    /// whether it belongs to a partition, and the name of the partition.
    ///
    /// # Errors
    /// The raw table does not have the partition any more.
    pub(crate) fn read(row: &Row, columns: [&str; 4]) -> Result<Option<Self>> {
        let [first, end, has_partition, partition] = columns;
        let (first, end): (Option<i64>, Option<i64>) = (row.get(first), row.get(end));
        let Some((first, end)) = first.zip(end) else {
            return Ok(None);
        };
        let partition: Option<String> = row.get(partition);
        if row.get(has_partition) && partition.is_none() {
            return Err(EtlError::new(
                codes::PARTITION_GONE,
                "the partition of a batch was detached or dropped after the run had planned",
            ));
        }
        Ok(Some(Self {
            first,
            end,
            partition,
        }))
    }

    /// The values of the variables `is_range`, `first_block`, `end_block` and `"range"` of a script.
    pub fn values(range: Option<&Self>) -> Vec<(&'static str, Value<'_>)> {
        let (first, end) = range.map_or((0, 0), |range| (range.first, range.end));
        let mut values = vec![
            ("is_range", range.is_some().into()),
            ("first_block", first.into()),
            ("end_block", end.into()),
        ];
        let partition = range.and_then(|range| range.partition.as_deref());
        values.extend(partition.map(|name| ("range", Value::Table(name))));
        values
    }
}
