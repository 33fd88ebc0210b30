//! The dependencies that the crates of the workspace may have on one another.

use serde_json::Value;

use crate::workspace::KERNELS;

/// Describes every dependency between crates of the workspace that is not allowed.
pub(super) fn check(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let from = group(package);
        let allowed: &[&str] = match from {
            "phases" | "bench" => &["core", "sql", KERNELS],
            "runner" => &["core", "sql", "phases"],
            "python" => &[KERNELS],
            "sql" => &["core", KERNELS],
            "tests" => &["core", "sql", "runner", "phases"],
            _ => &[],
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = packages
                .iter()
                .find(|other| other["name"] == dependency["name"]);
            // Dependencies of tests and build scripts have a kind. They are always allowed.
            let Some(on) = on.filter(|_| !dependency["kind"].is_string()) else {
                continue;
            };
            if !allowed.contains(&group(on)) {
                let on = on["name"].as_str().unwrap_or_default();
                let allowed = allowed.join(", ");
                wrong.push(format!("{name} may not depend on {on}: {from} → {allowed}"));
            }
        }
    }
    if packages.is_empty() {
        wrong.push("cargo metadata lists no package".to_owned());
    }
    wrong
}

/// The top-level folder that a package belongs to, such as `core` or `phases`. The kernels are a group of their own.
pub(crate) fn group(package: &Value) -> &str {
    let path = package["manifest_path"].as_str().unwrap_or_default();
    let mut folders = path.rsplit('/').skip(1);
    let own = folders.next().unwrap_or_default();
    if folders.next() == Some("phases") && own != KERNELS {
        "phases"
    } else {
        own
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::check;

    fn package(name: &str, path: &str, on: &[&str]) -> Value {
        let on: Vec<_> = on
            .iter()
            .map(|name| json!({"name": name, "kind": null}))
            .collect();
        json!({"name": name, "manifest_path": format!("/x/{path}/Cargo.toml"), "dependencies": on})
    }

    #[test]
    fn a_forbidden_dependency_is_named() {
        let allowed = [
            package("jobinsight-core", "core", &["serde"]),
            package("jobinsight-sql", "sql", &["jobinsight-core"]),
            package("jobinsight-kernels", "phases/kernels", &["serde"]),
            package(
                "jobinsight-python",
                "phases/kernels/python",
                &["jobinsight-kernels"],
            ),
            package(
                "jobinsight-a",
                "phases/a",
                &["jobinsight-core", "jobinsight-kernels", "jobinsight-sql"],
            ),
            package(
                "jobinsight-runner",
                "runner",
                &["jobinsight-core", "jobinsight-sql", "jobinsight-a"],
            ),
        ];
        assert!(check(&json!({"packages": allowed})).is_empty());
        for (name, path, on) in [
            ("jobinsight-b", "phases/b", "jobinsight-a"),
            ("jobinsight-b", "phases/b", "jobinsight-runner"),
            ("jobinsight-kernels", "phases/kernels", "jobinsight-core"),
            (
                "jobinsight-python",
                "phases/kernels/python",
                "jobinsight-core",
            ),
            ("jobinsight-runner", "runner", "jobinsight-kernels"),
            ("jobinsight-sql", "sql", "jobinsight-runner"),
            ("jobinsight-core", "core", "jobinsight-sql"),
        ] {
            let others = allowed.iter().filter(|package| package["name"] != name);
            let mut packages: Vec<Value> = others.cloned().collect();
            packages.push(package(name, path, &[on]));
            let wrong = check(&json!({"packages": packages}));
            assert!(
                wrong.len() == 1 && wrong[0].contains(name) && wrong[0].contains(on),
                "{wrong:?}"
            );
        }
        assert!(
            !check(&json!({"packages": []})).is_empty(),
            "an empty workspace is an error"
        );
    }
}
