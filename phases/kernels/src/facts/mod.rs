//! The facts that a posting states besides the name of the job: experience, level, work mode, employment type, languages and
//! skills; and a key that is equal for one job under several ids. A fact that nothing states is NULL.
//!
//! ```
//! let facts = jobinsight_kernels::facts::facts(Some("Senior Java Developer (Remote, 3+ YOE)"), None, Some(r#"["NodeJS"]"#));
//! assert_eq!(facts.level, Some("senior"));
//! assert_eq!(facts.work_mode, Some("remote"));
//! assert_eq!(facts.experience_min, Some(3.0));
//! assert_eq!(facts.skills.join(", "), "Node.js, Java");
//! ```
//!
//! # Module order
//! 1. `gap`, `known`, `letters`
//! 2. `words`
//! 3. `rules`
//! 4. `kinds`, `posting_key`
//! 5. `book`
//! 6. `reading`
//! 7. `columns`, `explain`

mod book;
mod columns;
mod explain;
mod gap;
mod kinds;
mod known;
#[cfg(test)]
mod labels;
mod letters;
mod posting_key;
mod reading;
mod rules;
mod words;

pub use book::FactBook;
pub use columns::{COLUMNS, FactInput, columns};
pub use explain::explain;
pub use posting_key::posting_key;
pub use reading::{FactReader, FactTexts, Facts};
pub use rules::shipped::TABLES;

use kinds::employment_type::EmploymentType;
use kinds::level;
use kinds::work_mode::WorkMode;

/// The values of `level`, from the lowest to the highest.
pub const LEVELS: [&str; level::NAMES.len()] = level::NAMES;
/// The values of `work_mode`.
pub const WORK_MODES: [&str; WorkMode::NAMES.len()] = WorkMode::NAMES;
/// The values of `employment_type`.
pub const EMPLOYMENT_TYPES: [&str; EmploymentType::NAMES.len()] = EmploymentType::NAMES;

/// The facts that these texts state, by the shipped rules. `skills` is a JSON array of texts.
pub fn facts(title: Option<&str>, location: Option<&str>, skills: Option<&str>) -> Facts {
    let mut reader = FactReader::new(FactBook::shipped());
    reader.read(FactTexts {
        title,
        location,
        skills,
    })
}
