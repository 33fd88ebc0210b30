//! A diagram of the crates and their dependencies, from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use crate::arrows::group;

/// A folder of crates that have the same dependencies.
#[derive(Debug, Default)]
struct Group {
    /// The folder, such as `sql/` or `phases/*/`.
    folder: String,
    /// Each crate's name and description.
    crates: BTreeMap<String, String>,
    /// The groups that these crates depend on.
    uses: BTreeSet<String>,
}

/// The diagram as a block of Mermaid.
pub(super) fn draw(metadata: &Value) -> String {
    let groups = groups(metadata);
    let mut text = String::from(
        "```mermaid\n%%{init: {\"flowchart\": {\"wrappingWidth\": 420}}}%%\nflowchart TB\n",
    );
    for (name, group) in &groups {
        let crates = group
            .crates
            .iter()
            .map(|(name, about)| format!("<br>{name}: {about}"));
        let _ = writeln!(
            text,
            "    {name}[\"<b>{}</b>{}\"]",
            group.folder,
            crates.collect::<String>()
        );
    }
    for (name, group) in groups.iter().filter(|(_, group)| !group.uses.is_empty()) {
        let uses: Vec<&str> = group.uses.iter().map(String::as_str).collect();
        let _ = writeln!(text, "    {name} --> {}", uses.join(" & "));
    }
    text.push_str("```\n");
    text
}

fn groups(metadata: &Value) -> BTreeMap<String, Group> {
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let name = |package: &Value| package["name"].as_str().unwrap_or_default().to_owned();
    let by_name: BTreeMap<String, &str> = packages
        .iter()
        .map(|package| (name(package), group(package)))
        .collect();
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for package in packages {
        let own = group(package);
        let entry = groups.entry(own.to_owned()).or_default();
        entry.folder = folder(metadata, package);
        let about = package["description"].as_str().unwrap_or_default();
        entry.crates.insert(name(package), about.replace('"', "'"));
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // Dependencies of tests and build scripts have a kind; the diagram leaves them out.
            if dependency["kind"].is_string() {
                continue;
            }
            let on = by_name.get(dependency["name"].as_str().unwrap_or_default());
            entry
                .uses
                .extend(on.filter(|on| **on != own).map(|on| (*on).to_owned()));
        }
    }
    groups
}

/// The folder of a package in the workspace.
fn folder(metadata: &Value, package: &Value) -> String {
    if group(package) == "phases" {
        return "phases/*/".to_owned();
    }
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let manifest = package["manifest_path"].as_str().unwrap_or_default();
    let folder = manifest.trim_start_matches(root).trim_start_matches('/');
    folder.trim_end_matches("Cargo.toml").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn groups_and_their_dependencies_are_drawn() {
        let package = |name: &str, folder: &str, on: Value| json!({ "name": name, "description": format!("about \"{name}\""), "manifest_path": format!("/x/{folder}/Cargo.toml"), "dependencies": on });
        let metadata = json!({ "workspace_root": "/x", "packages": [
            package("a-core", "core", json!([])),
            package("a-sql", "sql", json!([{ "name": "a-core" }])),
            package("a-one", "phases/one", json!([{ "name": "a-core" }, { "name": "a-sql" }, { "name": "serde" }])),
            package("a-two", "phases/two", json!([{ "name": "a-core" }, { "name": "a-kernels" }, { "name": "a-tests", "kind": "dev" }])),
            package("a-kernels", "phases/kernels", json!([])),
        ]});
        let drawn = super::draw(&metadata);
        for line in [
            "    core[\"<b>core/</b><br>a-core: about 'a-core'\"]\n",
            "    phases[\"<b>phases/*/</b><br>a-one: about 'a-one'<br>a-two: about 'a-two'\"]\n",
            "    kernels[\"<b>phases/kernels/</b><br>a-kernels: about 'a-kernels'\"]\n",
            "    phases --> core & kernels & sql\n    sql --> core\n```\n",
        ] {
            assert!(drawn.contains(line), "{drawn}");
        }
    }
}
