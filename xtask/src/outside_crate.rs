//! Builds the crate that guide 5 shows to the authors of phases outside this repository. Its manifest and its program are those
//! of the guide, so what a reader copies is what is built: once with our crates from a git repository, and once from a path.

use std::fs;
use std::path::Path;

use crate::phase::Copy;

const GUIDE: &str = "docs/05-api-reference.md";

/// The heading of the section with the manifest and the program.
const HEADING: &str = "### A crate of your own";

/// The address of our repository in the guide.
const URL: &str = "git = \"https://git.example.org/jobinsight-etl.git\"";

/// The folder of the crate in the copy.
const FOLDER: &str = "target/acme-jobs";

/// The phase of the program in the guide.
const PHASE: &str = "acme_loud";

/// Builds the crate in both ways, and finds its phase in the list of its command.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let guide = root.join(GUIDE);
    let guide = fs::read_to_string(&guide).map_err(|error| failed(&guide, &error))?;
    let (manifest, program) = (block(&guide, "toml")?, block(&guide, "rust")?);
    let copy = Copy::of(root)?;
    let folder = copy.root.join(FOLDER);
    let sources = folder.join("src");
    fs::create_dir_all(&sources).map_err(|error| failed(&sources, &error))?;
    // The crate is in the folder of the copy, but it is a workspace of its own.
    let by_git = format!("git = \"file://{}\"", copy.root.display());
    for manifest in [
        manifest.replace(URL, &by_git),
        by_path(manifest, &copy.root),
    ] {
        let manifest = format!("{manifest}\n[workspace]\n");
        for (file, text) in [("Cargo.toml", &*manifest), ("src/main.rs", program)] {
            let file = folder.join(file);
            fs::write(&file, text).map_err(|error| failed(&file, &error))?;
        }
        // With the versions of our lock file, cargo builds no dependency a second time.
        let lock = folder.join("Cargo.lock");
        fs::copy(root.join("Cargo.lock"), &lock).map_err(|error| failed(&lock, &error))?;
        let shown = copy.sh(&format!(
            "cargo run --quiet --manifest-path {FOLDER}/Cargo.toml -- phases {PHASE} --format json"
        ))?;
        if !shown.contains(&format!("\"batch.{PHASE}\":\"Boolean\"")) {
            return Err(format!(
                "the command of the guide does not show {PHASE}: {shown}"
            ));
        }
    }
    Ok(())
}

/// The manifest with our crates from the folders of a checkout.
fn by_path(manifest: &str, root: &Path) -> String {
    let lines = manifest.lines().map(|line| {
        let folder = line
            .strip_prefix("jobinsight-")
            .and_then(|rest| rest.split(' ').next());
        match folder {
            Some(folder) => line.replace(URL, &format!("path = \"{}/{folder}\"", root.display())),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The first code block of a language in the section.
fn block<'a>(guide: &'a str, language: &str) -> Result<&'a str, String> {
    let fence = format!("```{language}\n");
    guide
        .split_once(HEADING)
        .and_then(|(_, section)| section.split_once(&*fence))
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(block, _)| block)
        .ok_or_else(|| format!("{GUIDE} has no {language} block after `{HEADING}`"))
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_has_a_manifest_and_a_program() {
        let guide = include_str!("../../docs/05-api-reference.md");
        let manifest = block(guide, "toml").unwrap();
        assert_eq!(manifest.matches(URL).count(), 2, "core and runner");
        let by_path = by_path(manifest, Path::new("/x"));
        assert!(
            by_path.contains("jobinsight-core = { path = \"/x/core\" }"),
            "{by_path}"
        );
        assert!(!by_path.contains("git ="), "{by_path}");
        assert!(block(guide, "rust").unwrap().contains(PHASE));
    }
}
