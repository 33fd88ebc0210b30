//! Who may depend on whom.

use serde_json::Value;

/// Every dependency between crates of the workspace that is not allowed, as a sentence.
pub(crate) fn check(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let ours: Vec<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let from = room(package);
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            if !ours.contains(&on) || dependency["kind"].as_str().is_some() {
                continue;
            }
            let to = packages
                .iter()
                .find(|other| other["name"] == on)
                .map(room)
                .unwrap_or_default();
            let allowed: &[&str] = match from {
                "phases" => &["core", "sql"],
                "runner" | "bench" => &["core", "sql", "phases"],
                "sql" => &["core"],
                "tests" => &["core", "sql", "runner", "phases"],
                _ => &[],
            };
            if !allowed.contains(&to) {
                wrong.push(format!(
                    "{name} may not depend on {on}: {from} → {}",
                    allowed.join(", ")
                ));
            }
        }
    }
    if ours.is_empty() {
        wrong.push("cargo metadata names no package".to_owned());
    }
    wrong
}

/// The folder at the top of the workspace that a package lives in.
pub(crate) fn room(package: &Value) -> &str {
    let path = package["manifest_path"].as_str().unwrap_or_default();
    let mut folders = path.rsplit('/').skip(1);
    let own = folders.next().unwrap_or_default();
    if folders.next() == Some("phases") {
        "phases"
    } else {
        own
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;

    fn package(name: &str, path: &str, on: &[&str]) -> serde_json::Value {
        let dependencies: Vec<_> = on
            .iter()
            .map(|name| json!({"name": name, "kind": null}))
            .collect();
        json!({"name": name, "manifest_path": format!("/x/{path}/Cargo.toml"), "dependencies": dependencies})
    }

    #[test]
    fn a_forbidden_arrow_is_named() {
        let good = [
            package("jobinsight-core", "core", &["serde"]),
            package("jobinsight-sql", "sql", &["jobinsight-core"]),
            package(
                "jobinsight-a",
                "phases/a",
                &["jobinsight-core", "jobinsight-sql"],
            ),
            package(
                "jobinsight-runner",
                "runner",
                &["jobinsight-core", "jobinsight-sql", "jobinsight-a"],
            ),
        ];
        assert!(check(&json!({"packages": good})).is_empty());
        for (name, path, on) in [
            ("jobinsight-b", "phases/b", "jobinsight-a"),
            ("jobinsight-b", "phases/b", "jobinsight-runner"),
            ("jobinsight-sql", "sql", "jobinsight-runner"),
            ("jobinsight-core", "core", "jobinsight-sql"),
        ] {
            let mut packages: Vec<_> = good
                .iter()
                .filter(|package| package["name"] != name)
                .cloned()
                .collect();
            packages.push(package(name, path, &[on]));
            let wrong = check(&json!({"packages": packages}));
            assert!(
                wrong.len() == 1 && wrong[0].contains(name) && wrong[0].contains(on),
                "{wrong:?}"
            );
        }
        assert!(
            !check(&json!({"packages": []})).is_empty(),
            "nothing to check is no success"
        );
    }
}
