//! Checks where code names columns of a posting, and crates of phases.

use std::path::Path;

use crate::workspace::{files, phases};

/// Names that always mean a column of a posting. Only `phases/` and the `.sql` files may name them.
const COLUMNS: [&str; 12] = [
    "company_name",
    "company_url",
    "location_detail",
    "location_pairs",
    "title_clean",
    "salary_min",
    "salary_text",
    "job_url",
    "logo_url",
    "posted_time",
    "crawled_at",
    "verified_employer",
];

/// The only file of `sql/src` that may name columns: the list of them.
const LIST: &str = "sql/src/columns.rs";

/// The only file of the runner that may name the crates of phases.
const LINK: &str = "runner/src/pipeline/link.rs";

/// Lists every line with a name that is not allowed there.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let crates: Vec<String> = phases(root)
        .iter()
        .map(|phase| format!("jobinsight_{phase}"))
        .collect();
    let mut wrong = Vec::new();
    for name in files(root, "*.rs")? {
        if ["core/src/", "runner/src/", "sql/src/"]
            .iter()
            .any(|folder| name.starts_with(folder))
        {
            let text = std::fs::read_to_string(root.join(&name))
                .map_err(|error| format!("{name}: {error}"))?;
            wrong.extend(errors(&name, &text, &crates));
        }
    }
    Ok(wrong)
}

fn errors(name: &str, text: &str, crates: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", index + 1);
        if let Some(column) = COLUMNS.iter().find(|column| line.contains(*column))
            && name != LIST
        {
            wrong.push(format!(
                "{place} names `{column}`: only phases/, sql/**/*.sql and {LIST} name columns"
            ));
        }
        let is_phase = crates.iter().any(|phase| line.contains(phase));
        if is_phase && name.starts_with("runner/") && name != LINK {
            wrong.push(format!(
                "{place} names the crate of a phase: only {LINK} does"
            ));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::{LINK, errors};

    #[test]
    fn a_column_or_a_phase_in_the_wrong_place_is_an_error_with_its_line() {
        let crates = ["jobinsight_data_saving".to_owned()];
        let errors = |name, text| errors(name, text, &crates);
        assert!(errors("runner/src/x.rs", "let a = 1;\n").is_empty());
        assert!(errors(LINK, "use jobinsight_data_saving as _;").is_empty());
        let column = errors("runner/src/x.rs", "\n\"title_clean\"");
        assert!(
            column[0].starts_with("runner/src/x.rs:2 names `title_clean`"),
            "{column:?}"
        );
        let phase = errors("runner/src/x.rs", "use jobinsight_data_saving::X;");
        assert!(phase[0].contains("names the crate of a phase"), "{phase:?}");
    }
}
