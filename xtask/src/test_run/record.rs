//! The record of a test run: a folder with the list of programs and a line for each program that ended.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

/// The variable that names the folder to the process of each program.
pub(super) const FOLDER: &str = "JOBINSIGHT_TEST_RUN";

/// A test run.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) folder: PathBuf,
    /// The name of each program by its path. The name selects the program on the command line of cargo.
    pub(super) programs: BTreeMap<String, String>,
}

/// A program that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    /// The arguments that select the program, such as `-p jobinsight-tests --test suite`.
    pub(super) name: String,
    pub(super) time: Duration,
    pub(super) is_ok: bool,
    /// The counts, in the words of the test harness.
    pub(super) counts: String,
    /// The names of the tests that failed.
    pub(super) failed: Vec<String>,
}

impl Record {
    /// Starts a record of the programs that these messages of cargo name.
    pub(super) fn create(
        folder: PathBuf,
        messages: &str,
        metadata: &Value,
    ) -> Result<Self, String> {
        let record = Self {
            folder,
            programs: programs(messages, metadata),
        };
        // A run that was interrupted left its record.
        let _ = fs::remove_dir_all(&record.folder);
        fs::create_dir_all(&record.folder).map_err(|error| failed(&record.folder, &error))?;
        let list = record.folder.join("programs");
        fs::write(&list, json!(record.programs).to_string())
            .map_err(|error| failed(&list, &error))?;
        Ok(record)
    }

    /// Opens the record that the parent process started.
    pub(super) fn open(folder: &Path) -> Result<Self, String> {
        let list = folder.join("programs");
        let text = fs::read_to_string(&list).map_err(|error| failed(&list, &error))?;
        Ok(Self {
            folder: folder.to_owned(),
            programs: serde_json::from_str(&text).map_err(|error| error.to_string())?,
        })
    }

    /// Adds a program that ended.
    pub(super) fn add(&self, ended: &Ended) -> Result<(), String> {
        let line = json!({
            "name": ended.name,
            "ms": u64::try_from(ended.time.as_millis()).unwrap_or(u64::MAX),
            "is_ok": ended.is_ok,
            "counts": ended.counts,
            "failed": ended.failed,
        });
        let path = self.lines();
        let file = fs::File::options().create(true).append(true).open(&path);
        file.and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|error| failed(&path, &error))
    }

    /// The programs that ended, in their order.
    pub(super) fn ended(&self) -> Result<Vec<Ended>, String> {
        // Without the file, no program has ended.
        let text = fs::read_to_string(self.lines()).unwrap_or_default();
        text.lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                Ok(Ended {
                    name: text(&line["name"]),
                    time: Duration::from_millis(line["ms"].as_u64().unwrap_or(0)),
                    is_ok: line["is_ok"] == true,
                    counts: text(&line["counts"]),
                    failed: line["failed"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(text)
                        .collect(),
                })
            })
            .collect()
    }

    fn lines(&self) -> PathBuf {
        self.folder.join("ended")
    }
}

/// The name of each test program by its path.
fn programs(messages: &str, metadata: &Value) -> BTreeMap<String, String> {
    let packages: BTreeMap<&str, &str> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|package| {
            Some((
                package["manifest_path"].as_str()?,
                package["name"].as_str()?,
            ))
        })
        .collect();
    let mut programs = BTreeMap::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).unwrap_or_default();
        let (Some(path), Some(package)) = (
            message["executable"].as_str(),
            packages.get(message["manifest_path"].as_str().unwrap_or_default()),
        ) else {
            continue;
        };
        // A program that tests only use is built too.
        if message["profile"]["test"] != true {
            continue;
        }
        let target = message["target"]["name"].as_str().unwrap_or_default();
        let selection = match message["target"]["kind"][0].as_str() {
            Some(kind @ ("test" | "bin" | "example" | "bench")) => format!("--{kind} {target}"),
            _ => "--lib".to_owned(),
        };
        programs.insert(path.to_owned(), format!("-p {package} {selection}"));
    }
    programs
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_test_program_has_the_arguments_that_select_it() {
        let metadata =
            json!({ "packages": [{ "name": "a-b", "manifest_path": "/x/a/Cargo.toml" }] });
        let built = |kind: &str, name: &str, is_test: bool| {
            json!({
                "executable": format!("/x/target/{kind}-{name}"), "manifest_path": "/x/a/Cargo.toml",
                "target": { "kind": [kind], "name": name }, "profile": { "test": is_test },
            })
            .to_string()
        };
        let messages = [
            built("lib", "a_b", true),
            built("test", "suite", true),
            built("bin", "tool", true),
            built("bin", "tool", false),
            json!({ "reason": "build-finished" }).to_string(),
        ];
        let programs = programs(&messages.join("\n"), &metadata);
        let programs: Vec<(&str, &str)> = programs
            .iter()
            .map(|(path, name)| (path.as_str(), name.as_str()))
            .collect();
        assert_eq!(
            programs,
            [
                ("/x/target/bin-tool", "-p a-b --bin tool"),
                ("/x/target/lib-a_b", "-p a-b --lib"),
                ("/x/target/test-suite", "-p a-b --test suite"),
            ]
        );
    }

    #[test]
    fn the_parent_reads_what_each_program_added() {
        let folder = std::env::temp_dir().join(format!("jobinsight-record-{}", std::process::id()));
        let record = Record::create(folder, "", &Value::Null).unwrap();
        let ended = |name: &str, failed: &[&str]| Ended {
            name: name.to_owned(),
            time: Duration::from_millis(1500),
            is_ok: failed.is_empty(),
            counts: "3 passed; 0 failed".to_owned(),
            failed: failed.iter().map(|name| (*name).to_owned()).collect(),
        };
        let both = [
            ended("-p a --lib", &[]),
            ended("-p b --lib", &["x::y", "z"]),
        ];
        for ended in &both {
            Record::open(&record.folder).unwrap().add(ended).unwrap();
        }
        assert_eq!(record.ended().unwrap(), both);
        let again = Record::create(record.folder, "", &Value::Null).unwrap();
        assert!(
            again.ended().unwrap().is_empty(),
            "an earlier record is gone"
        );
        fs::remove_dir_all(again.folder).unwrap();
    }
}
