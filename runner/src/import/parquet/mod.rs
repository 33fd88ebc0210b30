//! Reads Parquet files, one batch of rows at a time.

mod file;
mod meaning;
mod strings;
#[cfg(test)]
mod tests;
mod values;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::mem;

use arrow_array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::ParquetMetaData;
use serde_json::{Map, Value};

pub(super) use file::Refusal;

use self::meaning::Meaning;
use super::record::{BadLine, Line, Record, RecordReader};

/// Most rows that are decoded at a time.
const BATCH_ROWS: usize = 1_024;
/// Bytes that are decoded at a time, so that long rows need no more memory than short ones.
const BATCH_BYTES: i64 = 8 << 20;

/// Reads a Parquet file. Each value becomes text that PostgreSQL can convert, or its row is rejected.
pub(super) struct ParquetReader {
    names: Vec<String>,
    meanings: Vec<Meaning>,
    /// The places of the columns that are read, in ascending order.
    selected: Vec<usize>,
    batches: FileBatches,
    batch: Option<RecordBatch>,
    next: usize,
    line: u64,
}

/// The batches of a file. They are built when the first one is needed, because the columns are then selected.
enum FileBatches {
    Planned(Box<ParquetRecordBatchReaderBuilder<File>>),
    Open(ParquetRecordBatchReader),
    Failed,
}

impl ParquetReader {
    /// # Errors
    /// Why the file is refused.
    pub(super) fn new(file: File) -> Result<Self, Refusal> {
        let (builder, meanings) = file::open(file)?;
        let fields = builder.schema().fields().iter();
        let names: Vec<String> = fields.map(|field| field.name().clone()).collect();
        Ok(Self {
            selected: (0..names.len()).collect(),
            names,
            meanings,
            batches: FileBatches::Planned(Box::new(builder)),
            batch: None,
            next: 0,
            line: 0,
        })
    }

    fn next_batch(&mut self) -> io::Result<Option<RecordBatch>> {
        if let FileBatches::Planned(_) = self.batches
            && let FileBatches::Planned(builder) =
                mem::replace(&mut self.batches, FileBatches::Failed)
        {
            let mask =
                ProjectionMask::roots(builder.parquet_schema(), self.selected.iter().copied());
            let rows = rows_of_batch(builder.metadata());
            let batches = builder.with_batch_size(rows).with_projection(mask).build();
            self.batches = FileBatches::Open(batches.map_err(unreadable)?);
        }
        match &mut self.batches {
            FileBatches::Open(batches) => batches.next().transpose().map_err(unreadable),
            FileBatches::Planned(_) | FileBatches::Failed => Ok(None),
        }
    }

    /// The values of a row; a row with a value that cannot become text is a bad line.
    fn row(&self, batch: &RecordBatch, row: usize) -> Line {
        let mut values = vec![None; self.names.len()];
        let mut problem = None;
        for (column, at) in batch.columns().iter().zip(&self.selected) {
            match values::text(column, row, &self.meanings[*at]) {
                Ok(text) => values[*at] = text,
                Err(reason) => {
                    problem.get_or_insert_with(|| format!("{}: {reason}", self.names[*at]));
                }
            }
        }
        let Some(reason) = problem else {
            return Ok(Record {
                line: self.line,
                values,
                absent: Vec::new(),
            });
        };
        let readable = self.names.iter().zip(values);
        let readable: Map<String, Value> = readable
            .filter_map(|(name, value)| Some((name.clone(), value?.into())))
            .collect();
        Err(BadLine::new(
            self.line,
            &Value::Object(readable).to_string(),
            reason,
        ))
    }
}

impl RecordReader for ParquetReader {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn select(&mut self, places: &[usize]) {
        self.selected = places.to_vec();
        self.selected.sort_unstable();
    }

    fn next(&mut self) -> io::Result<Option<Line>> {
        let batch = loop {
            match self.batch.take() {
                Some(batch) if self.next < batch.num_rows() => break batch,
                _ => match self.next_batch()? {
                    None => return Ok(None),
                    Some(batch) => {
                        self.batch = Some(batch);
                        self.next = 0;
                    }
                },
            }
        };
        self.line += 1;
        let line = self.row(&batch, self.next);
        self.next += 1;
        self.batch = Some(batch);
        Ok(Some(line))
    }
}

/// The rows that are decoded at a time, for the group with the longest rows.
fn rows_of_batch(metadata: &ParquetMetaData) -> usize {
    let groups = metadata.row_groups().iter();
    let bytes_of_row = groups.map(|group| group.total_byte_size() / group.num_rows().max(1));
    let rows = BATCH_BYTES / bytes_of_row.max().unwrap_or_default().max(1);
    usize::try_from(rows).map_or(BATCH_ROWS, |rows| rows.clamp(1, BATCH_ROWS))
}

/// A part of the file that cannot be decoded. The file may be damaged, or have a feature that the decoder lacks.
fn unreadable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, source)
}

/// Copies a stream into a temporary file, because the index of a Parquet file is at its end.
pub(super) fn spool(mut stream: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    file.rewind()?;
    Ok(file)
}
