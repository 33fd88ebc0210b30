//! Where columns of a posting, and phase crates, may be named.

use std::path::Path;

/// Columns whose names say nothing else: outside `phases/` and the `.sql` files nobody knows them.
const COLUMNS: &[&str] = &[
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

/// The one file of the runner that may name phase crates.
const LINK: &str = "runner/src/pipeline/link.rs";

/// Every line that names what it must not know.
pub(crate) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for room in ["core/src", "runner/src", "sql/src"] {
        visit(&root.join(room), &mut |path, text| {
            let name = path
                .strip_prefix(root)
                .unwrap_or(path)
                .display()
                .to_string();
            wrong.extend(lines(&name, text));
        })?;
    }
    Ok(wrong)
}

fn lines(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", index + 1);
        if let Some(column) = COLUMNS.iter().find(|column| line.contains(*column)) {
            wrong.push(format!(
                "{place} names `{column}`, which only phases/ and sql/*.sql know"
            ));
        }
        let phase = [
            "jobinsight_schema_setup",
            "jobinsight_sql_procedures",
            "jobinsight_data_",
        ];
        if name.starts_with("runner/")
            && name != LINK
            && phase.iter().any(|phase| line.contains(phase))
        {
            wrong.push(format!(
                "{place} names a phase crate, which only {LINK} does"
            ));
        }
    }
    wrong
}

fn visit(folder: &Path, each: &mut dyn FnMut(&Path, &str)) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            visit(&path, each)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&path, &std::fs::read_to_string(&path).map_err(fail)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn a_column_or_a_phase_at_the_wrong_place_is_shown_with_its_line() {
        assert!(lines("runner/src/x.rs", "let a = 1;\n").is_empty());
        assert!(
            lines(
                "runner/src/pipeline/link.rs",
                "use jobinsight_data_saving as _;"
            )
            .is_empty()
        );
        assert!(
            lines("runner/src/x.rs", "\n\"title_clean\"")[0]
                .starts_with("runner/src/x.rs:2 names `title_clean`")
        );
        assert!(
            lines("runner/src/x.rs", "use jobinsight_data_saving::X;")[0].contains("phase crate")
        );
    }
}
