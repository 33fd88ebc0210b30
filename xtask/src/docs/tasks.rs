//! The tasks of `cargo xtask` and their flags: those that the guides name exist, and those that exist are named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::names::{commands, read_help, words};
use super::page::Page;

/// Tasks that hand their words on to a program of their own, which the checks build.
const OTHERS: [(&str, &[&str]); 3] = [
    ("bench", &["jobinsight-bench", "bench"]),
    ("seed", &["jobinsight-bench", "seed"]),
    ("quality", &["examples/quality"]),
];

/// What is built so that these programs can be asked.
pub(crate) const BUILD: [&str; 6] = [
    "--package",
    "jobinsight-bench",
    "--package",
    "jobinsight-data-processing",
    "--example",
    "quality",
];

/// Each task with its flags.
pub(crate) struct Tasks(BTreeMap<String, BTreeSet<String>>);

impl Tasks {
    /// As their help shows them.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let exe = std::env::current_exe().map_err(|error| error.to_string())?;
        let (_, names) = read_help(&say(&exe, &["--help"])?);
        let mut tasks = BTreeMap::new();
        for name in names {
            let help = match OTHERS.iter().find(|(task, _)| *task == name) {
                Some((_, [program, rest @ ..])) => {
                    let args: Vec<&str> = rest.iter().copied().chain(["--help"]).collect();
                    say(&folder.join(program), &args)?
                }
                _ => say(&exe, &["help", &name])?,
            };
            // Not by their lines: a short help shows them in its first one.
            let flags = words(&help, "--", |c| c.is_ascii_lowercase() || c == '-');
            let flags = flags
                .into_iter()
                .filter(|flag| flag != "--" && flag != "--help");
            tasks.insert(name, flags.collect());
        }
        Ok(Self(tasks))
    }

    /// Whether some task has the flag.
    pub(crate) fn have(&self, flag: &str) -> bool {
        self.0.values().any(|flags| flags.contains(flag))
    }

    /// Every task or flag that a page names wrongly, and those that no page names.
    pub(crate) fn check(&self, pages: &[Page]) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut named = BTreeSet::new();
        for page in pages {
            for (line, code) in commands(page) {
                if code.starts_with("--") {
                    named.extend(flags_of(code));
                }
                let Some((_, task)) = code.split_once("cargo xtask ") else {
                    continue;
                };
                let name = task.split(' ').next().unwrap_or_default();
                let Some(flags) = self.0.get(name) else {
                    if !name.starts_with('-') {
                        wrong.push(format!(
                            "{}:{line} names cargo xtask {name}, which is no task",
                            page.name
                        ));
                    }
                    continue;
                };
                named.insert(name.to_owned());
                for flag in flags_of(task) {
                    if !flags.contains(&flag) {
                        wrong.push(format!(
                            "{}:{line} names {flag}, which cargo xtask {name} does not have",
                            page.name
                        ));
                    }
                    named.insert(flag);
                }
            }
        }
        for (name, flags) in self.0.iter().filter(|(name, _)| *name != "help") {
            if !named.contains(name) {
                wrong.push(format!("cargo xtask {name} exists, and no guide names it"));
            }
            for flag in flags.iter().filter(|flag| !named.contains(*flag)) {
                wrong.push(format!(
                    "cargo xtask {name} has {flag}, and no guide names it"
                ));
            }
        }
        wrong
    }
}

/// Those before a bare `--`, behind which another program's stand.
fn flags_of(code: &str) -> Vec<String> {
    let own = code.split(" -- ").next().unwrap_or(code);
    words(own, "--", |c| c.is_ascii_lowercase() || c == '-')
}

fn say(program: &Path, args: &[&str]) -> Result<String, String> {
    Command::new(program)
        .args(args)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .map_err(|error| format!("{}: {error}", program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_of_another_task_is_wrong_and_one_that_is_not_named_is_told() {
        let flags = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let tasks = Tasks(BTreeMap::from([
            ("bench".to_owned(), flags(&["--rows", "--quick"])),
            ("seed".to_owned(), flags(&["--rows", "--url"])),
            ("ci".to_owned(), flags(&[])),
        ]));
        let page = Page::parse(
            "x.md",
            "`cargo xtask bench --rows 5` and `--url`\n```sh\ncargo xtask seed --quick -- --any # --x\n```\n`cargo xtask sed`\n",
        );
        assert_eq!(
            tasks.check(&[page]),
            [
                "x.md:3 names --quick, which cargo xtask seed does not have",
                "x.md:5 names cargo xtask sed, which is no task",
                "cargo xtask ci exists, and no guide names it",
            ]
        );
        let tasks = Tasks(BTreeMap::from([("bench".to_owned(), flags(&["--rows"]))]));
        let page = Page::parse("x.md", "`cargo xtask bench`");
        assert_eq!(
            tasks.check(&[page]),
            ["cargo xtask bench has --rows, and no guide names it"]
        );
    }
}
