//! The postings that the generated rows imitate: the real postings if the file exists, otherwise the sample of the program.

use std::path::{Path, PathBuf};

use jobinsight_core::testing::postings::{read_columns, real_file, sample_file};

/// A posting of the crawler's file. An empty cell is NULL.
#[derive(Debug, Clone)]
pub(crate) struct Posting {
    pub(crate) title: Option<String>,
    pub(crate) job_url: Option<String>,
    pub(crate) company_name: Option<String>,
    pub(crate) salary: Option<String>,
    pub(crate) skills: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) location_detail: Option<String>,
    pub(crate) deadline: Option<String>,
    pub(crate) verified_employer: Option<String>,
    pub(crate) last_update: Option<String>,
}

/// The default file.
pub(crate) fn default_file() -> PathBuf {
    real_file().unwrap_or_else(sample_file)
}

/// Reads all postings of a file.
pub(crate) fn all(file: &Path) -> Result<Vec<Posting>, String> {
    let rows = read_columns(
        file,
        [
            "title",
            "job_url",
            "company_name",
            "salary",
            "skills",
            "location",
            "location_detail",
            "deadline",
            "verified_employer",
            "last_update",
        ],
    )?;
    let posting = |row| {
        let [
            title,
            job_url,
            company_name,
            salary,
            skills,
            location,
            location_detail,
            deadline,
            verified_employer,
            last_update,
        ] = row;
        Posting {
            title,
            job_url,
            company_name,
            salary,
            skills,
            location,
            location_detail,
            deadline,
            verified_employer,
            last_update,
        }
    };
    Ok(rows.into_iter().map(posting).collect())
}

/// Reads the postings that the pipeline accepts. The others would be rejected, and rejected rows say little about speed.
pub(crate) fn read(file: &Path) -> Result<Vec<Posting>, String> {
    let usable: Vec<Posting> = all(file)?.into_iter().filter(usable).collect();
    if usable.is_empty() {
        return Err(format!(
            "{} contains no posting with a title",
            file.display()
        ));
    }
    Ok(usable)
}

fn usable(posting: &Posting) -> bool {
    let fits = |text: &Option<String>, longest: usize| {
        text.as_ref()
            .is_none_or(|text| text.chars().count() <= longest)
    };
    posting
        .title
        .as_ref()
        .is_some_and(|title| title.chars().any(char::is_alphabetic))
        && fits(&posting.title, 255)
        && fits(&posting.company_name, 200)
        && fits(&posting.salary, 100)
        && fits(&posting.location, 100)
}
