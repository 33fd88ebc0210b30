//! The guides as a book.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// Builds the book where mdBook is installed; every warning is an error.
pub(crate) fn check(root: &Path) -> Result<Vec<String>, String> {
    let built = Command::new("mdbook")
        .args(["build", "docs"])
        .current_dir(root)
        .output();
    let output = match built {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!(
                "SKIPPED: mdbook is not installed, so the book is not built (cargo install mdbook --locked)"
            );
            return Ok(Vec::new());
        }
        Err(error) => return Err(format!("mdbook cannot be run: {error}")),
    };
    let log = String::from_utf8_lossy(&output.stderr);
    let mut wrong = complaints(&log);
    if wrong.is_empty() && !output.status.success() {
        wrong.push(format!("mdbook ended with {}: {log}", output.status));
    }
    eprintln!("the book is built: target/book/index.html");
    Ok(wrong)
}

/// The lines that mdBook logs as warnings and errors.
fn complaints(log: &str) -> Vec<String> {
    log.lines()
        .filter(|line| ["WARN", "ERROR"].iter().any(|level| line.contains(level)))
        .map(|line| format!("mdbook: {}", line.trim()))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_warnings_and_errors_are_complaints() {
        let log = " INFO Book building has started\n WARN Running an old version\nERROR no book\n";
        assert_eq!(
            super::complaints(log),
            [
                "mdbook: WARN Running an old version",
                "mdbook: ERROR no book"
            ]
        );
    }
}
