//! Phase `job_facts`: what a posting says besides the name of the job.
//!
//! The phase reads experience, level, work mode, employment type, languages and skills from the raw texts, and computes a key
//! that is equal for one job under several ids. A fact that nothing states is NULL. The facts are in the table `job_facts`,
//! and the view `jobs` joins them to `staging_jobs` by key *and fingerprint*. So it is safe to write facts before their batch
//! is published, and to write them twice.
//!
//! ```
//! let facts = jobinsight_job_facts::facts(Some("Senior Java Developer (Remote, 3+ YOE)"), None, Some(r#"["NodeJS"]"#));
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
//! 4. `facts`, `posting_key`
//! 5. `book`
//! 6. `reading`
//! 7. `columns`, `explain`
//! 8. `store`
//! 9. `phase`
#![forbid(unsafe_code)]

mod book;
mod columns;
mod explain;
mod facts;
mod gap;
mod known;
#[cfg(test)]
mod labels;
mod letters;
mod phase;
mod posting_key;
mod reading;
mod rules;
mod store;
mod words;

pub use phase::JobFactsSettings;
pub use posting_key::posting_key;
pub use reading::Facts;

/// The facts that these texts state, by the shipped rules. `skills` is a JSON array of texts.
pub fn facts(title: Option<&str>, location: Option<&str>, skills: Option<&str>) -> Facts {
    let mut reader = reading::FactReader::new(book::Book::shipped());
    reader.read(reading::Texts {
        title,
        location,
        skills,
    })
}
