//! Deadlines: due dates, the time that is left to apply, and warnings.
//!
//! The SQL functions in `sql/functions/deadline.sql` parse the deadlines of the pipeline. This module has the same results
//! without a database. Patterns, words and limits stand here, and the SQL functions get them from here. A test holds both
//! equal.
//!
//! ```
//! use jobinsight_kernels::{RuleSet, deadline};
//!
//! let crawled_at = 1_736_900_000_000_000; // 2025-01-15T00:13:20Z
//! let (due, warning) = deadline::read("Còn 2 ngày", RuleSet::Standard).due_after(Some(crawled_at));
//! assert_eq!(due, Some(crawled_at + 2 * 86_400_000_000));
//! assert_eq!(warning, None);
//! ```

mod columns;
mod date;
mod due;
mod parser;
pub mod patterns;
mod record;
mod remaining;
mod standard;
#[cfg(test)]
mod tests;

pub use columns::{parse, schema};
pub use parser::read;
pub use record::{Deadline, DeadlineWarning, LARGEST_DAYS, LONGEST, numbers};
pub use remaining::{AFTER, BEFORE, OVER, UNITS, time_remaining};
