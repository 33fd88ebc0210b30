//! Checks the tasks of `cargo xtask` and their flags. Each task in a guide must exist, and each existing task must be in a
//! guide.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::mentions::{commands, flags, read_help};
use super::page::Page;

/// Tasks that pass their arguments to another program, with the command that shows that program's help.
const OTHERS: [(&str, &[&str]); 3] = [
    ("bench", &["jobinsight-bench", "bench"]),
    ("seed", &["jobinsight-bench", "seed"]),
    ("quality", &["quality"]),
];

/// Arguments of `cargo build` that build these programs.
pub(super) const BUILD: [&str; 4] = [
    "--package",
    "jobinsight-bench",
    "--package",
    "jobinsight-tests",
];

/// Each task with its flags.
pub(super) struct Tasks(BTreeMap<String, BTreeSet<String>>);

impl Tasks {
    /// Reads the help texts of all tasks.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let exe = std::env::current_exe().map_err(|error| error.to_string())?;
        let (_, names) = read_help(&output(&exe, &["--help"])?);
        let mut tasks = BTreeMap::new();
        for name in names {
            let help = match OTHERS.iter().find(|(task, _)| *task == name) {
                Some((_, [program, rest @ ..])) => {
                    let args: Vec<&str> = rest.iter().copied().chain(["--help"]).collect();
                    output(&folder.join(program), &args)?
                }
                _ => output(&exe, &["help", &name])?,
            };
            // The whole text is searched, because a short help shows flags in its first line.
            let flags = flags(&help).into_iter();
            tasks.insert(
                name,
                flags
                    .filter(|flag| flag != "--" && flag != "--help")
                    .collect(),
            );
        }
        Ok(Self(tasks))
    }

    /// Whether some task has the flag.
    pub(super) fn have(&self, flag: &str) -> bool {
        self.0.values().any(|flags| flags.contains(flag))
    }

    /// Lists every task or flag on a page that does not exist, and every existing one that is on no page.
    pub(super) fn check(&self, pages: &[Page]) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut named = BTreeSet::new();
        for page in pages {
            for (line, code) in commands(page) {
                if code.starts_with("--") {
                    named.extend(flags(code));
                }
                if let Some((_, task)) = code.split_once("cargo xtask ") {
                    let place = format!("{}:{line}", page.name);
                    self.check_task(&place, task, &mut wrong, &mut named);
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

    /// Checks one task, given as the text after `cargo xtask`.
    fn check_task(
        &self,
        place: &str,
        task: &str,
        wrong: &mut Vec<String>,
        named: &mut BTreeSet<String>,
    ) {
        let name = task.split(' ').next().unwrap_or_default();
        let Some(known) = self.0.get(name) else {
            if !name.starts_with('-') {
                wrong.push(format!(
                    "{place} names cargo xtask {name}, which is not a task"
                ));
            }
            return;
        };
        named.insert(name.to_owned());
        for flag in flags(task) {
            if !known.contains(&flag) {
                wrong.push(format!(
                    "{place} names {flag}, which cargo xtask {name} does not have"
                ));
            }
            named.insert(flag);
        }
    }
}

fn output(program: &Path, args: &[&str]) -> Result<String, String> {
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
    fn a_flag_of_another_task_and_a_flag_without_mention_are_errors() {
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
                "x.md:5 names cargo xtask sed, which is not a task",
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
