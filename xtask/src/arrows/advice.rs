//! Checks that texts of the program name complete commands, which `advice::command` or `{jobinsight …}` in a fix produces.

use std::collections::BTreeSet;
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

/// The file that declares the commands of the program, and the name of their enum.
const DECLARED: (&str, &str) = ("runner/src/cli/args.rs", "Command");

/// The commands of the program. Clap writes the name of a variant with dashes: `ExplainRow` is `explain-row`.
fn commands(source: &str) -> Result<BTreeSet<String>, String> {
    let parsed = syn::parse_file(source).map_err(|error| format!("{}: {error}", DECLARED.0))?;
    let declared = parsed.items.into_iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == DECLARED.1 => Some(item),
        _ => None,
    });
    let declared = declared.ok_or_else(|| format!("{} has no enum {}", DECLARED.0, DECLARED.1))?;
    let names = declared.variants.iter().map(|variant| {
        let mut name = String::new();
        for c in variant.ident.to_string().chars() {
            if c.is_ascii_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.push(c.to_ascii_lowercase());
        }
        name
    });
    Ok(names.collect())
}

/// Lists every text of the program that names a command without the options that were typed.
pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let read = |name: &str| {
        std::fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let commands = commands(&read(DECLARED.0)?)?;
    let mut wrong = Vec::new();
    for name in files(root, "*.rs")? {
        let is_program = FOLDERS.iter().any(|folder| name.starts_with(folder));
        if is_program && name.contains("src/") && !name.ends_with("tests.rs") {
            wrong.extend(errors(&name, &read(&name)?, &commands));
        }
    }
    Ok(wrong)
}

fn errors(name: &str, text: &str, commands: &BTreeSet<String>) -> Vec<String> {
    // The tests of a file come last.
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines().enumerate();
    let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let bare = code.filter_map(|(index, line)| Some((index + 1, bare_command(line, commands)?)));
    bare.map(|(line, command)| {
        format!(
            "{name}:{line} names the command `jobinsight {command}`: use advice::command(\"{command} …\"), or {{jobinsight {command}}} in the fix of a code"
        )
    })
    .collect()
}

/// The first command in this line that is not completed.
fn bare_command<'a>(line: &'a str, commands: &BTreeSet<String>) -> Option<&'a str> {
    const PROGRAM: &str = "jobinsight ";
    line.match_indices(PROGRAM).find_map(|(start, _)| {
        let rest = &line[start + PROGRAM.len()..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-');
        let word = &rest[..end.unwrap_or(rest.len())];
        let is_completed = line[..start].ends_with('{');
        (commands.contains(word) && !is_completed).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::{commands, errors};

    #[test]
    fn the_commands_are_the_variants_of_the_enum() {
        let source = include_str!("../../../runner/src/cli/args.rs");
        let commands = commands(source).unwrap();
        for command in ["run", "explain-row", "notify"] {
            assert!(commands.contains(command), "{commands:?}");
        }
        assert!(super::commands("enum Other { Run }").is_err());
    }

    #[test]
    fn a_bare_command_in_a_text_is_an_error_with_its_line() {
        let commands = ["retry".to_owned()].into();
        let found = errors(
            "core/src/a.rs",
            "\n    .help(\"free space; then: jobinsight retry\")",
            &commands,
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
            assert!(
                errors("core/src/a.rs", good, &commands).is_empty(),
                "{good}"
            );
        }
    }
}
