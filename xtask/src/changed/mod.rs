//! Finds the parts that a change can affect: the changed files, their crates, and the crates that depend on these crates.

mod difference;
mod members;
mod readers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::workspace::packages;
pub(crate) use difference::{BASE, files};
use readers::{Readers, is_page};

/// Files that affect the build of all crates.
const EVERYTHING: [&str; 5] = ["Cargo.toml", "Cargo.lock", "clippy.toml", ".cargo/", ".ci/"];

/// Files that affect the forms in which users get the program, and no crate.
const PACKAGES: [&str; 6] = [
    "deploy/debian/",
    "deploy/docker/",
    "deploy/kubernetes/",
    "deploy/systemd/",
    ".dockerignore",
    "deny.toml",
];

/// Files that belong to no crate. `cargo xtask docs` checks their text. They affect the crates that read them.
const TEXT: [&str; 4] = ["docs/", "deploy/", "LICENSE", ".gitignore"];

/// The parts of the workspace that must be checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each flag turns one step on
pub(crate) struct Touched {
    /// The whole workspace, because the change affects how it is built.
    pub(crate) everything: bool,
    /// The changed crates, and those that depend on them.
    pub(crate) packages: BTreeSet<String>,
    /// The guides, or code that they describe.
    pub(crate) docs: bool,
    /// The workspace in `examples/`.
    pub(crate) examples: bool,
    /// The templates of phases, or the crates that new phases use.
    pub(crate) new_phase: bool,
    /// The forms in which users get the program, such as the Debian package.
    pub(crate) packages_for_users: bool,
}

/// The crates of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// Each folder, with a slash at the end, and the crate in it.
    folders: Vec<(String, String)>,
    /// Each crate, and the crates that depend on it.
    dependents: BTreeMap<String, Vec<String>>,
    /// The files that the code of crates reads.
    readers: Readers,
}

impl Graph {
    /// Reads the output of `cargo metadata --no-deps`, and the sources of its crates.
    pub(crate) fn read(root: &Path, metadata: &Value) -> Result<Self, String> {
        let mut graph = Self::of(metadata);
        graph.readers = Readers::of(root, &graph.folders)?;
        Ok(graph)
    }

    fn of(metadata: &Value) -> Self {
        let root = metadata["workspace_root"].as_str().unwrap_or_default();
        let mut graph = Self::default();
        for package in packages(metadata) {
            let name = package["name"].as_str().unwrap_or_default();
            let manifest = package["manifest_path"].as_str().unwrap_or_default();
            let folder = manifest
                .strip_prefix(root)
                .unwrap_or(manifest)
                .trim_start_matches('/')
                .trim_end_matches("Cargo.toml");
            graph.folders.push((folder.to_owned(), name.to_owned()));
            // Every kind of dependency counts, because a change can break tests as well.
            for dependency in package["dependencies"].as_array().into_iter().flatten() {
                let on = dependency["name"].as_str().unwrap_or_default();
                let dependents = graph.dependents.entry(on.to_owned()).or_default();
                dependents.push(name.to_owned());
            }
        }
        graph
    }

    fn owner(&self, file: &str) -> Option<&str> {
        self.folders
            .iter()
            .filter(|(folder, _)| file.starts_with(folder))
            .max_by_key(|(folder, _)| folder.len())
            .map(|(_, name)| name.as_str())
    }

    /// Adds a crate and every crate that depends on it, directly or not.
    fn spread(&self, package: &str, into: &mut BTreeSet<String>) {
        if into.insert(package.to_owned()) {
            for other in self.dependents.get(package).into_iter().flatten() {
                self.spread(other, into);
            }
        }
    }
}

/// Finds what a change of these files can affect.
pub(crate) fn touched(files: &[String], graph: &Graph) -> Touched {
    let mut touched = Touched::default();
    // Crates that are checked without their dependents.
    let mut alone = BTreeSet::new();
    for file in files {
        let is = |place: &&str| file == *place || place.ends_with('/') && file.starts_with(*place);
        if file.starts_with("examples/") {
            touched.examples = true;
            touched.docs |= is_page(file);
        } else if PACKAGES.iter().any(is) {
            touched.packages_for_users = true;
        } else if is_page(file) || TEXT.iter().any(|place| file.starts_with(place)) {
            touched.docs = true;
            alone.extend(graph.readers.of_file(file).map(str::to_owned));
        } else if EVERYTHING.iter().any(is) {
            touched.everything = true;
        } else if file.starts_with("tests/golden/") {
            // These crates read the files by their path.
            for package in ["jobinsight-kernels", "jobinsight-tests"] {
                alone.insert(package.to_owned());
            }
        } else {
            match graph.owner(file) {
                Some(package) => graph.spread(package, &mut touched.packages),
                // The file belongs to no crate.
                None => touched.everything = true,
            }
            // The checks of the guides, and the dependencies, which a diagram shows.
            touched.docs |= file.starts_with("xtask/src/docs/") || file.ends_with("/Cargo.toml");
            touched.new_phase |=
                file.starts_with("xtask/templates/") || file.starts_with("xtask/src/phase/");
            // A dependency, or the command line, of which the manual pages are made.
            touched.packages_for_users |= file.ends_with("/Cargo.toml")
                || file.starts_with("runner/src/cli/")
                || file.starts_with("xtask/src/packages/");
        }
    }
    touched.packages.append(&mut alone);
    let runner = touched.packages.contains("jobinsight-runner");
    let kit = ["jobinsight-core", "jobinsight-sql"];
    let kit = kit.iter().any(|name| touched.packages.contains(*name));
    let code = files
        .iter()
        .any(|file| !is_page(file) && !file.starts_with("docs/"));
    touched.docs |= touched.everything || (runner && code);
    touched.examples |= touched.everything || (runner && code);
    touched.new_phase |= touched.everything || kit;
    touched.packages_for_users |= touched.everything;
    touched
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn graph() -> Graph {
        let package = |name: &str, folder: &str, on: &[&str]| {
            let on: Vec<_> = on.iter().map(|name| json!({ "name": name })).collect();
            json!({ "name": name, "manifest_path": format!("/x/{folder}/Cargo.toml"), "dependencies": on })
        };
        let mut graph = Graph::of(&json!({ "workspace_root": "/x", "packages": [
            package("jobinsight-core", "core", &["serde"]),
            package("jobinsight-sql", "sql", &["jobinsight-core"]),
            package("jobinsight-data-saving", "phases/data_saving", &["jobinsight-core", "jobinsight-sql"]),
            package("jobinsight-data-processing", "phases/data_processing", &["jobinsight-core"]),
            package("jobinsight-runner", "runner", &["jobinsight-core", "jobinsight-sql", "jobinsight-data-saving", "jobinsight-data-processing"]),
            package("jobinsight-tests", "tests", &["jobinsight-runner", "jobinsight-sql"]),
            package("xtask", "xtask", &["clap"]),
        ]}));
        let suite =
            r#"root().join("docs/prometheus.md"), root().join("deploy/grafana/jobinsight.json")"#;
        let (readers, sql) = (&mut graph.readers, r#"include_str!("../README.md")"#);
        readers.add(
            "jobinsight-tests",
            "tests/",
            "tests/tests/suite/a.rs",
            suite,
        );
        readers.add("jobinsight-sql", "sql/", "sql/src/scripts.rs", sql);
        graph
    }

    fn of(files: &[&str]) -> Touched {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        touched(&files, &graph())
    }

    fn names(touched: &Touched) -> Vec<&str> {
        touched.packages.iter().map(String::as_str).collect()
    }

    #[test]
    fn a_phase_affects_itself_and_the_crates_that_link_it() {
        let touched = of(&["phases/data_saving/src/lib.rs"]);
        assert_eq!(
            names(&touched),
            [
                "jobinsight-data-saving",
                "jobinsight-runner",
                "jobinsight-tests"
            ]
        );
        assert!(touched.docs && touched.examples && !touched.new_phase && !touched.everything);
    }

    #[test]
    fn core_affects_every_dependent_and_an_sql_file_affects_its_crate() {
        assert_eq!(of(&["core/src/lib.rs"]).packages.len(), 6, "all but xtask");
        let touched = of(&["sql/plan/plan_work.sql"]);
        assert!(touched.packages.contains("jobinsight-tests") && touched.new_phase);
        assert!(!touched.packages.contains("jobinsight-data-processing"));
    }

    #[test]
    fn text_affects_text_and_examples_affect_themselves() {
        let touched = of(&["docs/04-troubleshooting.md", "deploy/airflow/jobinsight.py"]);
        assert_eq!(names(&touched), [""; 0], "no crate reads them");
        assert!(touched.docs && !touched.examples && !touched.new_phase);
        let touched = of(&["deploy/grafana/jobinsight.json"]);
        assert_eq!(names(&touched), ["jobinsight-tests"]);
        assert!(!touched.everything);
        let touched = of(&["docs/prometheus.md", "sql/README.md"]);
        assert_eq!(names(&touched), ["jobinsight-sql", "jobinsight-tests"]);
        let touched = of(&["examples/phases/seniority/src/lib.rs"]);
        assert!(touched.examples && names(&touched).is_empty() && !touched.docs);
        let touched = of(&["xtask/templates/phase/save.rs.txt"]);
        assert_eq!(names(&touched), ["xtask"]);
        assert!(touched.new_phase);
    }

    #[test]
    fn the_unit_of_systemd_affects_the_packages_and_no_crate() {
        let touched = of(&["deploy/systemd/jobinsight.timer"]);
        let packages = Touched {
            packages_for_users: true,
            ..Touched::default()
        };
        assert_eq!(touched, packages);
        assert!(of(&["runner/src/cli/args.rs"]).packages_for_users);
        assert!(!of(&["runner/src/run/mod.rs"]).packages_for_users);
    }

    #[test]
    fn a_page_does_not_hide_the_crates_that_depend_on_the_runner() {
        let touched = of(&["docs/prometheus.md", "runner/Cargo.toml"]);
        assert_eq!(names(&touched), ["jobinsight-runner", "jobinsight-tests"]);
    }

    #[test]
    fn build_files_and_unowned_files_affect_everything() {
        for file in ["Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml"] {
            assert!(of(&[file]).everything, "{file}");
        }
        assert_eq!(of(&[]), Touched::default());
    }
}
