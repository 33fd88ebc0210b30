//! Loads raw records from files into a table: CSV, JSON Lines, Parquet.
//!
//! The import does not know the meaning of a record. The file has names and texts. The columns, the types and the primary
//! key of the table come from the catalog of PostgreSQL. PostgreSQL converts the texts, so one place decides which values
//! are valid.
//!
//! [`open`] returns a [`RecordReader`] for a file or for standard input. [`load`] writes its records to a [`Table`] in one
//! transaction, and returns an [`ImportReport`].

mod catalog;
mod cells;
mod compression;
mod convert;
mod csv;
mod date_time;
mod encoding;
mod error;
mod foreign;
mod gate;
mod head;
mod insert;
mod json;
mod key;
mod line_ends;
mod lines;
mod load;
mod names;
mod nul_bytes;
mod parquet;
mod partial;
mod reading;
mod record;
mod rejects;
mod rounds;
mod source;

pub use catalog::Table;
pub use gate::Gate;
pub use load::{ImportReport, Options, load};
pub use record::{BadLine, Cause, Line, Record, RecordReader};
pub use rejects::Rejects;
pub use source::{FileForm, InputFormat, open};
pub(crate) use {csv::parse_delimiter, encoding::parse_encoding, source::open_counted};
