//! Checks that texts of the program name complete commands, which `advice::command` or `{jobinsight …}` in a fix produces.

use std::path::Path;

use crate::workspace::files;

/// The folders of the program, of its phases and of the phases outside the workspace.
const FOLDERS: [&str; 5] = [
    "core/src/",
    "runner/src/",
    "sql/src/",
    "phases/",
    "examples/",
];

/// The commands of the program.
const COMMANDS: [&str; 21] = [
    "completions",
    "config",
    "contract",
    "db",
    "demo",
    "doctor",
    "explain",
    "explain-row",
    "import",
    "man",
    "metrics",
    "notify",
    "phases",
    "rejects",
    "report",
    "retry",
    "rules",
    "run",
    "runs",
    "status",
    "wait",
];

/// Lists every text of the program that names a command without the options that were typed.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for name in files(root, "*.rs")? {
        let is_program = FOLDERS.iter().any(|folder| name.starts_with(folder));
        if is_program && name.contains("src/") && !name.ends_with("tests.rs") {
            let text = std::fs::read_to_string(root.join(&name))
                .map_err(|error| format!("{name}: {error}"))?;
            wrong.extend(errors(&name, &text));
        }
    }
    Ok(wrong)
}

fn errors(name: &str, text: &str) -> Vec<String> {
    // The tests of a file come last.
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines().enumerate();
    let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let bare = code.filter_map(|(index, line)| Some((index + 1, bare_command(line)?)));
    bare.map(|(line, command)| {
        format!(
            "{name}:{line} names the command `jobinsight {command}`: use advice::command(\"{command} …\"), or {{jobinsight {command}}} in the fix of a code"
        )
    })
    .collect()
}

/// The first command in this line that is not completed.
fn bare_command(line: &str) -> Option<&str> {
    const PROGRAM: &str = "jobinsight ";
    line.match_indices(PROGRAM).find_map(|(start, _)| {
        let rest = &line[start + PROGRAM.len()..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-');
        let word = &rest[..end.unwrap_or(rest.len())];
        let is_completed = line[..start].ends_with('{');
        (COMMANDS.contains(&word) && !is_completed).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::errors;

    #[test]
    fn a_bare_command_in_a_text_is_an_error_with_its_line() {
        let found = errors(
            "core/src/a.rs",
            "\n    .help(\"free space; then: jobinsight retry\")",
        );
        assert!(
            found[0].starts_with("core/src/a.rs:2 names the command `jobinsight retry`"),
            "{found:?}"
        );
        for good in [
            "    /// See `jobinsight retry`.",
            "fix: \"free space; then: {jobinsight retry}\";",
            ".help(advice::command(\"retry\"))",
            "a defect of jobinsight or of the phase",
            "#[cfg(test)]\nmod tests {\n \"jobinsight retry\"",
        ] {
            assert!(errors("core/src/a.rs", good).is_empty(), "{good}");
        }
    }
}
