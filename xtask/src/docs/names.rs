//! Names in the guides: settings, variables, codes and flags that exist; and those that exist and are not named.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::Command;
use super::page::Page;
use super::tasks::Tasks;
use crate::phase::standing;

/// What stands for any name.
const PATTERNS: [&str; 3] = ["ETL_", "ETL_SECTION__KEY", "ETL_PHASES__NAME__KEY"];

/// Variables that only tests read.
const OF_TESTS: [&str; 1] = ["JOBINSIGHT_TESTS_STATE"];

/// Every name that is not one, and every one that is not named.
pub(crate) fn check(root: &Path, pages: &[Page], command: &Command) -> Result<Vec<String>, String> {
    let schema: Value = serde_json::from_str(&command.say(&["config", "schema"])?)
        .map_err(|error| error.to_string())?;
    let mut settings = BTreeSet::new();
    variables(&schema, &mut settings);
    settings.extend(PATTERNS.map(str::to_owned));
    let own = own_variables(root)?;
    let codes = command.say(&["explain", "--format", "json"])?;
    let flags = flags(command)?;
    let tasks = Tasks::read(&command.folder)?;

    let mut wrong = tasks.check(pages);
    let mut named = BTreeSet::new();
    // Examples have phases of their own, and name their settings.
    for page in pages
        .iter()
        .filter(|page| !page.name.starts_with("examples/"))
    {
        let prose = page.prose.iter().map(|(line, text)| (*line, text.as_str()));
        let blocks = page
            .blocks
            .iter()
            .map(|block| (block.line, block.text.as_str()));
        for (line, text) in prose.chain(blocks) {
            let place = || format!("{}:{line}", page.name);
            for name in words(text, "ETL_", |c| c.is_ascii_uppercase() || c == '_') {
                if !settings.contains(&name) && !text.contains(&format!("{name}…")) {
                    wrong.push(format!("{} names {name}, which is no setting", place()));
                }
            }
            for name in words(text, "JOBINSIGHT_", |c| c.is_ascii_uppercase() || c == '_') {
                if !own.contains(&name) {
                    wrong.push(format!("{} names {name}, which nobody reads", place()));
                }
                named.insert(name);
            }
            for code in words(text, "jobinsight::", |c| {
                c.is_ascii_lowercase() || c == '_' || c == ':'
            }) {
                if code.matches("::").count() == 2 && !codes.contains(&format!("\"{code}\"")) {
                    wrong.push(format!("{} names {code}, which is no error code", place()));
                }
            }
        }
        for (line, code) in commands(page) {
            // A flag that stands alone is of either; those of tasks are looked at by themselves.
            let alone = code.starts_with("--");
            if !alone && (code.contains("cargo xtask") || !code.contains("jobinsight")) {
                continue;
            }
            let known = |flag: &String| flags.contains(flag) || alone && tasks.have(flag);
            // What stands behind a bare -- is another program's.
            let code = code.split(" -- ").next().unwrap_or(code);
            for flag in words(code, "--", |c| c.is_ascii_lowercase() || c == '-') {
                named.insert(flag.clone());
                if flag != "--" && !known(&flag) {
                    wrong.push(format!(
                        "{}:{line} names {flag}, which is no flag",
                        page.name
                    ));
                }
            }
        }
    }
    let all = own.iter().chain(&flags);
    let ours = |name: &&String| {
        !OF_TESTS.contains(&name.as_str()) && *name != "--help" && *name != "--version"
    };
    for name in all.filter(ours) {
        if !named.contains(name) {
            wrong.push(format!("{name} exists, and no guide names it"));
        }
    }
    Ok(wrong)
}

/// Lines of shell blocks and pieces of code in prose.
pub(super) fn commands(page: &Page) -> impl Iterator<Item = (usize, &str)> {
    let blocks = page.blocks.iter().filter(|block| block.language == "sh");
    let lines = blocks.flat_map(|block| {
        block.text.lines().enumerate().map(|(index, line)| {
            let code = line.split(" #").next().unwrap_or(line);
            (block.line + index + 1, code)
        })
    });
    lines.chain(page.code())
}

fn variables(schema: &Value, into: &mut BTreeSet<String>) {
    for property in schema["properties"].as_object().into_iter().flatten() {
        variables(property.1, into);
        into.extend(property.1["x-environment"].as_str().map(str::to_owned));
    }
}

/// Words that begin so.
pub(super) fn words(text: &str, prefix: &str, of: impl Fn(char) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(prefix) {
        let start = from + at;
        let rest = &text[start + prefix.len()..];
        let length = rest.find(|c: char| !of(c)).unwrap_or(rest.len());
        let end = start + prefix.len() + length;
        let before = text[..start].chars().next_back();
        if before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_' && c != '-') {
            found.push(text[start..end].trim_end_matches(':').to_owned());
        }
        from = end;
    }
    found
}

/// Every flag of every command, as its help shows it.
fn flags(command: &Command) -> Result<BTreeSet<String>, String> {
    let mut flags = BTreeSet::new();
    let mut left = vec![Vec::<String>::new()];
    while let Some(path) = left.pop() {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        let help = command.say(&args)?;
        let (found, below) = read_help(&help);
        flags.extend(found);
        for name in below {
            left.push(path.iter().cloned().chain([name]).collect());
        }
    }
    Ok(flags)
}

/// Flags, and commands below.
pub(super) fn read_help(help: &str) -> (Vec<String>, Vec<String>) {
    let mut flags = Vec::new();
    let mut below = Vec::new();
    let mut in_commands = false;
    for line in help.lines() {
        if !line.starts_with(' ') {
            in_commands = line.starts_with("Commands:");
        } else if let Some(name) = line.strip_prefix("  ").filter(|_| in_commands) {
            let name = name.split(' ').next().unwrap_or_default();
            if !name.is_empty() && name != "help" {
                below.push(name.to_owned());
            }
        } else if line.trim_start().starts_with('-') {
            flags.extend(words(line, "--", |c| c.is_ascii_lowercase() || c == '-'));
        }
    }
    (flags, below)
}

/// Variables that the sources read.
fn own_variables(root: &Path) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    let mut folders: Vec<_> = ["core/src", "runner/src", "sql/src"]
        .map(|folder| root.join(folder))
        .to_vec();
    folders.extend(
        standing(root)
            .iter()
            .map(|phase| root.join("phases").join(phase).join("src")),
    );
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                for name in words(&text, "\"JOBINSIGHT_", |c| {
                    c.is_ascii_uppercase() || c == '_'
                }) {
                    found.insert(name.trim_start_matches('"').to_owned());
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_flags_and_commands() {
        let help = "About\n\nUsage: x\n\nCommands:\n  run   Run it\n  help  Print this\n\nOptions:\n      --batch-size <N>  Rows\n  -h, --help            Print help\n";
        let (flags, below) = read_help(help);
        assert_eq!(flags, ["--batch-size", "--help"]);
        assert_eq!(below, ["run"]);
    }

    #[test]
    fn words_are_whole() {
        let upper = |c: char| c.is_ascii_uppercase() || c == '_';
        assert_eq!(
            words("ETL_A, `ETL_B`=1 XETL_C", "ETL_", upper),
            ["ETL_A", "ETL_B"]
        );
    }
}
