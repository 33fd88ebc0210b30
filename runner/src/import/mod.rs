//! Loads raw records from files into a table: CSV, JSON Lines, Parquet.
//!
//! The import does not know the meaning of a record. The file has names and texts. The columns, the types and the primary
//! key of the table come from the catalog of PostgreSQL. PostgreSQL converts the texts, so one place decides which values
//! are valid.
//!
//! [`open`] returns a [`RecordReader`] for a file or for standard input. [`load`] writes its records to a [`Table`] in one
//! transaction, and returns an [`ImportReport`].

mod catalog;
mod csv;
mod error;
mod insert;
mod jsonl;
mod lines;
mod load;
mod nul;
mod parquet;
mod record;
mod source;

pub use catalog::Table;
pub use load::{ImportReport, Rejects, load};
pub use record::{BadLine, Line, Record, RecordReader};
pub use source::{InputFormat, open};
