//! Lists the files that differ from a commit.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::members::only_members_differ;

/// The default base of a comparison.
pub(crate) const BASE: &str = "origin/main";

/// The files that differ from the commit at which this branch left `base`. They include files that are not committed and
/// files that are not tracked. A manifest or lock file that differs only in crates of this workspace is left out, because
/// the files of these crates are in the list.
pub(crate) fn files(root: &Path, base: &str) -> Result<(String, Vec<String>), String> {
    let git = |args: &[&str]| {
        let output = Command::new("git")
            .args(args)
            .current_dir(root)
            .output()
            .map_err(|error| format!("git cannot be run: {error}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    };
    let base = match git(&["merge-base", base, "HEAD"]) {
        // Without an origin, only files that are not committed count as changed.
        Err(_) if base == BASE => git(&["rev-parse", "HEAD"])?,
        left => left.map_err(|error| format!("{base} is not a commit to compare with: {error}"))?,
    };
    let changed = git(&["diff", "--name-only", "--no-renames", &base])?;
    let new = git(&["ls-files", "--others", "--exclude-standard"])?;
    let mut files: BTreeSet<String> = changed
        .lines()
        .chain(new.lines())
        .map(str::to_owned)
        .collect();
    for file in ["Cargo.toml", "Cargo.lock"] {
        let old = git(&["show", &format!("{base}:{file}")]).unwrap_or_default();
        let new = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        if only_members_differ(file, &old, new.trim()) {
            files.remove(file);
        }
    }
    Ok((base, files.into_iter().collect()))
}
