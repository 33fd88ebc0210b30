//! Loads raw records from files into a table: CSV, JSON Lines, Parquet.
//!
//! Nothing here knows what a record is about. The file gives names and text; the table's columns,
//! types and primary key come from PostgreSQL's catalog, and PostgreSQL does the conversion, so
//! that what counts as a valid value is decided in one place.
//!
//! [`open`] gives a [`RecordReader`] for a file or for standard input, [`load`] carries it into a
//! [`Table`] in one transaction and answers with an [`ImportReport`].

mod catalog;
mod csv;
mod error;
mod insert;
mod jsonl;
mod lines;
mod load;
mod parquet;
mod record;
mod source;

pub use catalog::Table;
pub use load::{ImportReport, Rejects, load};
pub use record::{BadLine, Line, Record, RecordReader};
pub use source::{InputFormat, open};
