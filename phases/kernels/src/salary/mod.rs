//! Salaries: bounds in million VND, type, period, pay for a month, and warnings.
//!
//! The SQL functions in `sql/functions` parse the salaries of the pipeline. This module has the same results without a database.
//! Words, patterns, limits and exchange rates stand here, and the SQL functions get them from here. A test holds both equal.
//!
//! Steps of the rule set `standard`:
//!
//! 1. A text without a digit is negotiable.
//! 2. Words become marks ("Từ 10 đến 15 triệu/tháng" becomes "> 10 < 15MO"), and one pattern cuts the marks into parts.
//! 3. The parts decide currencies, units, period and limits.
//! 4. The amounts are converted to million VND, exactly, and checked: order, plausible pay for a month.
//!
//! ```
//! use jobinsight_kernels::{RuleSet, salary::SalaryParser};
//!
//! let parser = SalaryParser::new(RuleSet::Standard, &Default::default());
//! let salary = parser.parse("Từ 10 đến 15 triệu/tháng");
//! assert_eq!(salary.kind.word(), "range");
//! assert_eq!(salary.min.unwrap().to_string(), "10");
//! assert_eq!(salary.monthly_max.unwrap().to_string(), "15");
//! ```

mod amount;
mod columns;
mod marks;
mod options;
mod parser;
mod parts;
pub mod patterns;
mod rates;
mod record;
mod standard;
#[cfg(test)]
mod tests;
mod v1;
pub mod words;

pub use amount::Amount;
pub use columns::{parse, schema};
pub use options::*;
pub use parser::SalaryParser;
pub use record::{PayPeriod, Salary, SalarySource, SalaryType, SalaryWarning};
