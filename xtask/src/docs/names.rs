//! Checks the names in the guides. Each setting, variable, error code and flag in a guide must exist, and each variable and
//! flag that exists must be in a guide.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::jobinsight::Jobinsight;
use super::mentions::{commands, flags, read_help, words};
use super::page::Page;
use super::tasks::Tasks;
use crate::workspace::{files, phases};

/// Names that mean any setting of a kind.
const PATTERNS: [&str; 3] = ["ETL_", "ETL_SECTION__KEY", "ETL_PHASES__NAME__KEY"];

/// Variables that only tests read.
const OF_TESTS: [&str; 2] = ["JOBINSIGHT_CITUS_URL", "JOBINSIGHT_TESTS_STATE"];

/// Lists every name in a guide that does not exist, and every existing name that is in no guide.
pub(super) fn check(
    root: &Path,
    pages: &[Page],
    command: &Jobinsight,
) -> Result<Vec<String>, String> {
    let known = Known::read(root, command)?;
    let mut wrong = known.tasks.check(pages);
    let mut named = BTreeSet::new();
    // Pages of examples name the settings of their own phases, and the page of the job for Spark names options of that job.
    let has_own_names = |page: &&Page| {
        let folders = ["examples/", "deploy/spark/"];
        folders.iter().any(|folder| page.name.starts_with(folder))
    };
    for page in pages.iter().filter(|page| !has_own_names(page)) {
        known.check_text(page, &mut wrong, &mut named);
        known.check_flags(page, &mut wrong, &mut named);
    }
    for name in known.variables.iter().chain(&known.flags) {
        let is_hidden =
            OF_TESTS.contains(&name.as_str()) || name == "--help" || name == "--version";
        if !is_hidden && !named.contains(name) {
            wrong.push(format!("{name} exists, and no guide names it"));
        }
    }
    Ok(wrong)
}

/// All names that exist.
struct Known {
    /// Settings, by their names in the environment.
    settings: BTreeSet<String>,
    /// Other variables that the sources read.
    variables: BTreeSet<String>,
    /// The output of `jobinsight explain --format json`.
    codes: String,
    flags: BTreeSet<String>,
    tasks: Tasks,
}

impl Known {
    fn read(root: &Path, command: &Jobinsight) -> Result<Self, String> {
        let schema: Value = serde_json::from_str(&command.output(&["config", "schema"])?)
            .map_err(|error| error.to_string())?;
        let mut settings = BTreeSet::from(PATTERNS.map(str::to_owned));
        read_settings(&schema, &mut settings);
        Ok(Self {
            settings,
            variables: read_variables(root)?,
            codes: command.output(&["explain", "--format", "json"])?,
            flags: read_flags(command)?,
            tasks: Tasks::read(&command.folder)?,
        })
    }

    /// Checks settings, variables and error codes.
    fn check_text(&self, page: &Page, wrong: &mut Vec<String>, named: &mut BTreeSet<String>) {
        let is_upper = |c: char| c.is_ascii_uppercase() || c == '_';
        let prose = page.prose.iter().map(|(line, text)| (*line, text.as_str()));
        let blocks = page
            .blocks
            .iter()
            .map(|block| (block.line, block.text.as_str()));
        for (line, text) in prose.chain(blocks) {
            let mut report = |name: &str, what: &str| {
                wrong.push(format!(
                    "{}:{line} names {name}, which is not {what}",
                    page.name
                ));
            };
            for name in words(text, "ETL_", is_upper) {
                if !self.settings.contains(&name) && !text.contains(&format!("{name}…")) {
                    report(&name, "a setting");
                }
            }
            for name in words(text, "JOBINSIGHT_", is_upper) {
                if !self.variables.contains(&name) {
                    report(&name, "a variable that the sources read");
                }
                named.insert(name);
            }
            for code in words(text, "jobinsight::", |c| {
                c.is_ascii_lowercase() || c == '_' || c == ':'
            }) {
                if code.matches("::").count() == 2 && !self.codes.contains(&format!("\"{code}\"")) {
                    report(&code, "an error code");
                }
            }
        }
    }

    /// Checks the flags of `jobinsight`.
    fn check_flags(&self, page: &Page, wrong: &mut Vec<String>, named: &mut BTreeSet<String>) {
        for (line, code) in commands(page) {
            // A flag by itself may belong to `jobinsight` or to a task; flags after a task are checked with the tasks.
            let is_alone = code.starts_with("--");
            if !is_alone && (code.contains("cargo xtask") || !code.contains("jobinsight")) {
                continue;
            }
            for flag in flags(code) {
                let exists = self.flags.contains(&flag) || is_alone && self.tasks.have(&flag);
                if flag != "--" && !exists {
                    wrong.push(format!(
                        "{}:{line} names {flag}, which is not a flag",
                        page.name
                    ));
                }
                named.insert(flag);
            }
        }
    }
}

fn read_settings(schema: &Value, into: &mut BTreeSet<String>) {
    for (_, property) in schema["properties"].as_object().into_iter().flatten() {
        read_settings(property, into);
        into.extend(property["x-environment"].as_str().map(str::to_owned));
    }
}

/// The flags of every command, from the help texts.
fn read_flags(command: &Jobinsight) -> Result<BTreeSet<String>, String> {
    let mut all = BTreeSet::new();
    let mut left = vec![Vec::<String>::new()];
    while let Some(path) = left.pop() {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        let (flags, commands) = read_help(&command.output(&args)?);
        all.extend(flags);
        for name in commands {
            left.push(path.iter().cloned().chain([name]).collect());
        }
    }
    Ok(all)
}

/// The variables of the environment that the sources name.
fn read_variables(root: &Path) -> Result<BTreeSet<String>, String> {
    let mut folders = ["core", "runner", "sql"].map(str::to_owned).to_vec();
    folders.extend(phases(root).iter().map(|phase| format!("phases/{phase}")));
    let mut found = BTreeSet::from(OF_TESTS.map(str::to_owned));
    for name in files(root, "*.rs")? {
        if !folders
            .iter()
            .any(|folder| name.starts_with(&format!("{folder}/src/")))
        {
            continue;
        }
        let text = std::fs::read_to_string(root.join(&name))
            .map_err(|error| format!("{name}: {error}"))?;
        let names = words(&text, "\"JOBINSIGHT_", |c| {
            c.is_ascii_uppercase() || c == '_'
        });
        found.extend(
            names
                .iter()
                .map(|name| name.trim_start_matches('"').to_owned()),
        );
    }
    Ok(found)
}
