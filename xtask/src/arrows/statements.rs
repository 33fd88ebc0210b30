//! SQL statements in Rust code. `sql/README.md` says where a statement lives: it is a `.sql` file if it has more than one
//! line or names a table of ours.

use std::path::Path;

use crate::workspace::files;

/// The words with which a statement begins.
const VERBS: [&str; 8] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "WITH ",
    "TRUNCATE ",
    "ANALYZE ",
    "COPY ",
];

/// The names of our tables, and names that the code fills in.
const TABLES: [&str; 7] = [
    ".etl_",
    "staging_jobs",
    "import_rejects",
    "raw_jobs",
    "FROM {",
    "INTO {",
    "UPDATE {",
];

/// The only files that build a statement: from the columns of a table that only the import knows, and for the program that
/// checks a contract.
const BUILT: [&str; 3] = [
    "runner/src/contract/odcs.rs",
    "runner/src/import/insert.rs",
    "runner/src/import/partial.rs",
];

/// Lists every statement that must be in a `.sql` file.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for name in files(root, "*.rs")? {
        let is_code = ["core/src/", "runner/src/", "sql/src/", "phases/"]
            .iter()
            .any(|folder| name.starts_with(folder));
        let is_test = name.contains("/tests/") || name.contains("/testing/");
        if is_code && !is_test && !BUILT.contains(&name.as_str()) {
            let text = std::fs::read_to_string(root.join(&name))
                .map_err(|error| format!("{name}: {error}"))?;
            wrong.extend(errors(&name, &text));
        }
    }
    Ok(wrong)
}

fn errors(name: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    let mut wrong = Vec::new();
    let mut offset = 0;
    // A quote opens a literal and the next one closes it. An escaped quote cuts a literal short, and no statement has one.
    for (index, part) in code.split('"').enumerate() {
        let statement = part.trim_start();
        if index % 2 == 1 && VERBS.iter().any(|verb| statement.starts_with(verb)) {
            let line = code[..offset].lines().count();
            if statement.trim_end().contains('\n') || TABLES.iter().any(|t| statement.contains(t)) {
                wrong.push(format!(
                    "{name}:{line} has an SQL statement that must be in a `.sql` file (see sql/README.md)"
                ));
            }
        }
        offset += part.len() + 1;
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::errors;

    #[test]
    fn long_statements_and_statements_about_our_tables_belong_into_files() {
        let long = "let sql = \"SELECT a\n  FROM t\";\n";
        let ours = "fn x() {\n    let sql = format!(\"DELETE FROM {}.etl_work\", schema);\n}\n";
        let short =
            "let sql = \"SELECT pg_backend_pid()\"; let text = \"a sentence\nof two lines\";\n";
        assert_eq!(errors("a.rs", long).len(), 1);
        assert!(errors("a.rs", ours)[0].starts_with("a.rs:2 "));
        assert_eq!(errors("a.rs", short), [""; 0]);
        assert_eq!(errors("a.rs", &format!("#[cfg(test)]\n{long}")), [""; 0]);
    }
}
