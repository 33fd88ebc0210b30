//! Writes a list of the crates in the packaged program (SBOM), in the format CycloneDX.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::program::{PROGRAM, crates_of};
use super::tool::Tool;
use crate::python;
use crate::workspace::{metadata, packages, root, target_dir};

const CYCLONEDX: Tool = Tool {
    name: "cargo-cyclonedx",
    version: "0.5.9",
    features: &[],
};

/// The name of the file that cargo-cyclonedx writes beside each manifest.
const FILE: &str = "jobinsight-sbom";

/// Writes `target/sbom/jobinsight.cdx.json`, and checks that it lists exactly the crates of the program without the download.
pub(crate) fn sbom() -> Result<(), String> {
    let mut write = std::process::Command::new(CYCLONEDX.install()?);
    write.args([
        "cyclonedx",
        "--quiet",
        "--format",
        "json",
        "--spec-version",
        "1.5",
    ]);
    write.args(["--override-filename", FILE, "--manifest-path"]);
    python::run(write.arg(root().join("runner/Cargo.toml")))?;
    let text = take(&root())?;
    let mut sbom: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let crates = crates_of(&["--no-default-features"])?;
    keep(&mut sbom, &crates.iter().map(String::as_str).collect());
    let listed = sbom["components"].as_array().map_or(0, Vec::len);
    // The program itself is not one of its components.
    if listed + 1 != crates.len() {
        return Err(format!(
            "the SBOM has {listed} components, and the program {} crates",
            crates.len()
        ));
    }
    let folder = target_dir(&root()).join("sbom");
    let file = folder.join("jobinsight.cdx.json");
    let text = serde_json::to_string_pretty(&sbom).map_err(|error| error.to_string())?;
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, text + "\n"));
    written.map_err(|error| failed(&file, &error))?;
    eprintln!("{} lists {listed} crates", file.display());
    Ok(())
}

/// Reads the file of the program, without the folder of this checkout, and removes the files of all crates.
fn take(root: &Path) -> Result<String, String> {
    let mut program = None;
    for package in packages(&metadata()?) {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let file = manifest.with_file_name(format!("{FILE}.json"));
        if package["name"] == PROGRAM {
            program = Some(fs::read_to_string(&file).map_err(|error| failed(&file, &error))?);
        }
        fs::remove_file(&file).map_err(|error| failed(&file, &error))?;
    }
    let text = program.ok_or_else(|| format!("{PROGRAM} has no SBOM"))?;
    Ok(text.replace(&*root.to_string_lossy(), ""))
}

/// Keeps only the components that are in the program. cargo-cyclonedx lists those of the whole workspace with all features.
fn keep(sbom: &mut Value, crates: &BTreeSet<&str>) {
    let mut kept = BTreeSet::new();
    let program = &sbom["metadata"]["component"]["bom-ref"];
    kept.extend(program.as_str().map(str::to_owned));
    if let Some(components) = sbom["components"].as_array_mut() {
        components.retain(|component| {
            let text = |key: &str| component[key].as_str().unwrap_or_default();
            crates.contains(&*format!("{} {}", text("name"), text("version")))
        });
        let refs = components
            .iter()
            .filter_map(|component| component["bom-ref"].as_str());
        kept.extend(refs.map(str::to_owned));
    }
    let is_kept = |name: &Value| name.as_str().is_some_and(|name| kept.contains(name));
    if let Some(dependencies) = sbom["dependencies"].as_array_mut() {
        dependencies.retain(|entry| is_kept(&entry["ref"]));
        for entry in dependencies {
            // An index would add the key to an entry that has none.
            let on = entry.get_mut("dependsOn");
            if let Some(on) = on.and_then(Value::as_array_mut) {
                on.retain(is_kept);
            }
        }
    }
}

fn failed(file: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", file.display())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_crate_that_is_not_in_the_program_is_not_listed() {
        let mut sbom = json!({
            "metadata": { "component": { "bom-ref": "program" } },
            "components": [
                { "bom-ref": "a-ref", "name": "a", "version": "1.0.0" },
                { "bom-ref": "b-ref", "name": "b", "version": "1.0.0" },
            ],
            "dependencies": [
                { "ref": "program", "dependsOn": ["a-ref", "b-ref"] },
                { "ref": "a-ref" },
                { "ref": "b-ref", "dependsOn": ["a-ref"] },
            ],
        });
        keep(
            &mut sbom,
            &BTreeSet::from(["program 0.1.0", "a 1.0.0", "b 2.0.0"]),
        );
        assert_eq!(
            sbom["components"],
            json!([{ "bom-ref": "a-ref", "name": "a", "version": "1.0.0" }])
        );
        assert_eq!(
            sbom["dependencies"],
            json!([{ "ref": "program", "dependsOn": ["a-ref"] }, { "ref": "a-ref" }])
        );
    }
}
