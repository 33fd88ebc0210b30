//! The columns of the file: how each is read from PostgreSQL and built in Arrow.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, TimeUnit};
use jobinsight_core::arrow_array::builder::{
    Float64Builder, ListBuilder, StringBuilder, TimestampMicrosecondBuilder,
};
use jobinsight_core::arrow_array::{ArrayRef, RecordBatch};
use jobinsight_core::{EtlError, Result};
use tokio_postgres::Row;

/// The type of a column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holds {
    Text,
    Number,
    Time,
    Words,
}

/// A column: the name in the file, and the expression in PostgreSQL.
pub(crate) struct Column {
    name: &'static str,
    pub(crate) sql: &'static str,
    holds: Holds,
}

macro_rules! columns {
    ($($name:ident: $holds:ident = $sql:literal),* $(,)?) => {
        /// The columns in the order of the file.
        pub(crate) const COLUMNS: &[Column] =
            &[$(Column { name: stringify!($name), sql: $sql, holds: Holds::$holds }),*];
    };
}

columns! {
    job_id: Text = "job_id::text",
    title: Text = "title_clean::text",
    company: Text = "company_name_standardized::text",
    location: Text = "location::text",
    location_codes: Words = "location_codes",
    salary_min: Number = "salary_min::float8",
    salary_max: Number = "salary_max::float8",
    salary_type: Text = "salary_type::text",
    salary_period: Text = "salary_period::text",
    skills: Text = "skills::text",
    job_url: Text = "job_url",
    posted_time: Time = "(extract(epoch FROM posted_time) * 1000000)::bigint",
    crawled_at: Time = "(extract(epoch FROM crawled_at) * 1000000)::bigint",
    due_date: Time = "(extract(epoch FROM due_date) * 1000000)::bigint",
    processed_at: Time = "(extract(epoch FROM processed_at) * 1000000)::bigint",
    warnings: Words = "warnings",
}

fn data_type(holds: Holds) -> DataType {
    match holds {
        Holds::Text => DataType::Utf8,
        Holds::Number => DataType::Float64,
        Holds::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Holds::Words => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
    }
}

/// The schema of the file.
pub(crate) fn schema() -> Schema {
    let field = |column: &Column| Field::new(column.name, data_type(column.holds), true);
    Schema::new(COLUMNS.iter().map(field).collect::<Vec<_>>())
}

enum Builder {
    Text(StringBuilder),
    Number(Float64Builder),
    Time(TimestampMicrosecondBuilder),
    Words(ListBuilder<StringBuilder>),
}

/// Rows that are not written yet.
pub(crate) struct Columns {
    builders: Vec<Builder>,
    rows: usize,
}

impl Default for Columns {
    fn default() -> Self {
        let builder = |column: &Column| match column.holds {
            Holds::Text => Builder::Text(StringBuilder::new()),
            Holds::Number => Builder::Number(Float64Builder::new()),
            Holds::Time => Builder::Time(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            Holds::Words => Builder::Words(ListBuilder::new(StringBuilder::new())),
        };
        Self {
            builders: COLUMNS.iter().map(builder).collect(),
            rows: 0,
        }
    }
}

impl Columns {
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    pub(crate) fn push(&mut self, row: &Row) -> Result<(), tokio_postgres::Error> {
        for (index, builder) in self.builders.iter_mut().enumerate() {
            match builder {
                Builder::Text(builder) => {
                    builder.append_option(row.try_get::<_, Option<&str>>(index)?);
                }
                Builder::Number(builder) => {
                    builder.append_option(row.try_get::<_, Option<f64>>(index)?);
                }
                Builder::Time(builder) => {
                    builder.append_option(row.try_get::<_, Option<i64>>(index)?);
                }
                Builder::Words(builder) => {
                    let words = row.try_get::<_, Option<Vec<&str>>>(index)?;
                    builder.append_option(words.map(|words| words.into_iter().map(Some)));
                }
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Returns the rows so far, and removes them from this buffer.
    pub(crate) fn take(&mut self) -> Result<RecordBatch> {
        self.rows = 0;
        let arrays = self.builders.iter_mut().map(|builder| -> ArrayRef {
            match builder {
                Builder::Text(builder) => Arc::new(builder.finish()),
                Builder::Number(builder) => Arc::new(builder.finish()),
                Builder::Time(builder) => Arc::new(builder.finish()),
                Builder::Words(builder) => Arc::new(builder.finish()),
            }
        });
        RecordBatch::try_new(Arc::new(schema()), arrays.collect())
            .map_err(|error| EtlError::bug(format!("the columns cannot form a batch: {error}")))
    }
}
