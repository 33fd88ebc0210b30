//! The SQL of the JobInsight ETL: files that can be read on their own, how they are applied, and the embedded server.
//!
//! A script names what settings choose in psql's way: `:"raw"` is the raw table, `:"staging"` the staging schema,
//! both quoted; `:name` is a number given by the caller. An error of PostgreSQL points at the line of the file.
//!
//! ```
//! use jobinsight_core::Settings;
//! let rendered = jobinsight_sql::Script::new("x.sql", r#"SELECT 1 FROM :"staging".staging_jobs"#).render(&Settings::default());
//! assert_eq!(rendered.sql(), r#"SELECT 1 FROM "jobinsight_staging".staging_jobs"#);
//! ```
#![forbid(unsafe_code)]

pub mod apply;
pub mod embedded;
pub mod indexes;
pub mod plan;
pub mod privileges;
mod script;
pub mod scripts;
#[cfg(feature = "testing")]
pub mod testing;

pub use script::{Rendered, Script};
