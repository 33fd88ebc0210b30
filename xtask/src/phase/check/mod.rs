//! Checks the whole path of a new phase, as CONTRIBUTING describes it, in a clean copy of the tree.

mod copy;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

pub(crate) use copy::Copy;

/// The guide, and the heading before the commands that its reader types.
const GUIDE: (&str, &str) = ("CONTRIBUTING.md", "## Add a phase in ten minutes\n");

/// The phase of that guide.
const GUIDES_PHASE: &str = "job_age";

/// A phase of each other kind, and the flags for it.
const KINDS: [(&str, &str); 5] = [
    ("check_once", "--scope run"),
    ("check_load", "--role load"),
    ("check_save", "--role save"),
    ("check_default", "--default"),
    ("check_end", "--scope run --default"),
];

/// Types the commands of the guide, and creates a phase of each other kind. Lints and tests the phases. In the end, all
/// phases are removed, and the tree must be as before.
pub(crate) fn check_new_phases(root: &Path) -> Result<(), String> {
    let copy = Copy::of(root)?;
    let guide =
        fs::read_to_string(root.join(GUIDE.0)).map_err(|error| format!("{}: {error}", GUIDE.0))?;
    let before = copy.state()?;
    for line in commands(&guide)? {
        if line.starts_with(CI) {
            check_affected(&copy)?;
        } else {
            copy.sh(line)?;
        }
    }
    check_listed(&guide, &copy.changed()?)?;

    // These targets belong to the new phases. Without --package, cargo uses the features of the whole workspace, so the
    // dependencies that CI built for all tests are used again.
    let mut tests = format!("--test {GUIDES_PHASE}");
    for (name, flags) in KINDS {
        copy.sh(&format!("cargo xtask new-phase {name} {flags}"))?;
        let _ = write!(tests, " --test {name}");
    }
    copy.sh("cargo fmt --all --check")?;
    copy.sh("cargo xtask arrows")?;
    copy.sh(&format!("cargo xtask test {tests}"))?;
    let shown = copy.sh("cargo run --quiet -- phases --format json")?;
    for (name, _) in KINDS {
        if !shown.contains(&format!("\"name\":\"{name}\"")) {
            return Err(format!("`jobinsight phases` does not show {name}: {shown}"));
        }
    }
    // The default pipeline, with two more phases.
    copy.sh("cargo run --quiet -- demo")?;
    check_ranges(&copy)?;
    copy.sh("cargo xtask docs --write")?;
    check_listed(&guide, &copy.changed()?)?;
    copy.sh(&format!(
        "cargo clippy --workspace --lib {tests} -- -D warnings"
    ))?;
    copy.sh("cargo xtask examples")?;

    let names = KINDS.map(|(name, _)| name).join(" ");
    // A phase of the default pipeline is a part of more generated sections, which are written once for all of them.
    copy.sh(&format!("cargo xtask remove-phase {GUIDES_PHASE}"))?;
    copy.sh(&format!("cargo xtask remove-phase {names}"))?;
    let after = copy.state()?;
    if before == after {
        Ok(())
    } else {
        Err(format!(
            "after new-phase and remove-phase, the tree has changes:\n{after}"
        ))
    }
}

/// Runs the whole pipeline with the new phases that load and save, in batches that are ranges of the raw table. Every raw row
/// must be saved.
fn check_ranges(copy: &Copy) -> Result<(), String> {
    let shown = copy.sh(
        "ETL_PIPELINE=schema_setup,sql_procedures,check_load,check_save ETL_PHASES__SQL_PROCEDURES__RANGES_FROM=1 \
         cargo run --quiet -- demo --format json",
    )?;
    let results: Value = serde_json::from_str(shown.lines().last().unwrap_or_default())
        .map_err(|error| format!("{error}: {shown}"))?;
    let count = |name: &str| results["stats"][name].as_u64().unwrap_or_default();
    let all = count("total_records");
    if all > 0 && count("new") == all {
        Ok(())
    } else {
        Err(format!(
            "the phases check_load and check_save did not save every row: {shown}"
        ))
    }
}

/// The command of the guide that would check a new phase in a copy again, and run for long.
const CI: &str = "cargo xtask ci --changed";

/// Checks that this command would check the phase and the crates that link it, and not the whole workspace. Its steps are
/// run by themselves.
fn check_affected(copy: &Copy) -> Result<(), String> {
    let shown = copy.sh(&format!("{CI} --dry-run 2>&1"))?;
    let checked = "checked: jobinsight-job-age, jobinsight-runner, jobinsight-tests\n";
    if shown.contains(checked) {
        Ok(())
    } else {
        Err(format!("`{CI}` does not check only {checked}{shown}"))
    }
}

/// The lines of the first block of commands after the heading.
fn commands(guide: &str) -> Result<Vec<&str>, String> {
    let block = guide
        .split_once(GUIDE.1)
        .and_then(|(_, rest)| rest.split_once("```sh\n"))
        .and_then(|(_, rest)| rest.split_once("```"));
    let (block, _) =
        block.ok_or_else(|| format!("{} has no commands after {}", GUIDE.0, GUIDE.1))?;
    Ok(block
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect())
}

/// Checks that the guide names every changed file, or the folder of the new phase that contains it.
fn check_listed(guide: &str, changed: &[String]) -> Result<(), String> {
    let is_new = |file: &str| {
        let phases = KINDS.iter().map(|(name, _)| *name).chain([GUIDES_PHASE]);
        phases
            .map(|name| format!("phases/{name}/"))
            .any(|folder| file.starts_with(&folder))
    };
    let missing = changed
        .iter()
        .filter(|file| !is_new(file) && !guide.contains(&format!("`{file}`")));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{} does not name changed files: {}",
            GUIDE.0,
            missing.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_creates_its_phase_and_ends_with_its_check() {
        let root = crate::workspace::root();
        let guide = fs::read_to_string(root.join(GUIDE.0)).unwrap();
        let typed = commands(&guide).unwrap();
        assert!(
            typed[0].starts_with(&format!("cargo xtask new-phase {GUIDES_PHASE}")),
            "{typed:?}"
        );
        assert!(
            typed
                .iter()
                .any(|line| line.starts_with("cargo xtask docs --write")),
            "{typed:?}"
        );
        assert!(typed.iter().any(|line| line.starts_with(CI)), "{typed:?}");
    }

    #[test]
    fn a_changed_file_that_the_guide_does_not_name_is_an_error() {
        let files = [
            "phases/job_age/src/lib.rs",
            "Cargo.lock",
            "examples/Cargo.lock",
        ];
        let files = files.map(str::to_owned);
        assert_eq!(
            check_listed("`Cargo.lock` and `examples/Cargo.lock`", &files),
            Ok(())
        );
        let error = check_listed("`Cargo.lock`", &files).unwrap_err();
        assert!(
            error.ends_with("changed files: examples/Cargo.lock"),
            "{error}"
        );
    }
}
