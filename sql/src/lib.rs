//! The SQL of the JobInsight ETL: the files, the code that applies them, and the embedded server.
//!
//! Scripts follow the notation of psql: `:"raw"` is the raw table, `:"staging"` the staging schema, and `:{…}` a list of
//! columns. `sql/README.md` explains the notation, and lists all files. An error of PostgreSQL shows the line of the file.
//!
//! # Module order
//! 1. `binary_rows`, `codes`, `column`, `kept`, `parser_words`, `pg_type`, `script`, `statements`
//! 2. `block_range`, `columns`, `scripts`
//! 3. `comments`, `found_columns`, `rule`, `tables`
//! 4. `column_lists`
//! 5. `template`
//! 6. `rendered`
//! 7. `apply`, `batch_entry`, `content`, `embedded`, `indexes`, `narrow`, `plan`, `privileges`
//! 8. `queue`, `schema`
//! 9. `testing`
//!
//! ```
//! use jobinsight_core::Settings;
//! let rendered = jobinsight_sql::Script::new("x.sql", r#"SELECT 1 FROM :"staging".staging_jobs"#).render(&Settings::default());
//! assert_eq!(rendered.sql(), r#"SELECT 1 FROM "jobinsight_staging".staging_jobs"#);
//! ```
#![forbid(unsafe_code)]

pub mod apply;
mod batch_entry;
mod binary_rows;
mod block_range;
pub mod codes;
mod column;
pub mod column_lists;
pub mod columns;
pub mod comments;
pub mod content;
pub mod embedded;
pub mod found_columns;
pub mod indexes;
pub mod kept;
pub mod narrow;
mod parser_words;
pub mod pg_type;
pub mod plan;
pub mod privileges;
pub mod queue;
mod rendered;
pub mod rule;
pub mod schema;
mod script;
pub mod scripts;
pub mod statements;
pub mod tables;
mod template;
#[cfg(feature = "testing")]
pub mod testing;

pub use batch_entry::BatchEntry;
pub use binary_rows::BinaryRows;
pub use block_range::BlockRange;
pub use rendered::Rendered;
pub use script::{Script, Value};
