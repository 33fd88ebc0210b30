//! Which tables the phases read and write: by the scripts that they name, and what stands in those.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The raw table, as it is called where nothing else is set.
const RAW: &str = "raw_jobs";

/// Tables that are read, and tables that are written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Touches {
    pub(super) reads: BTreeSet<String>,
    pub(super) writes: BTreeSet<String>,
}

impl Touches {
    pub(super) fn add(&mut self, other: &Self) {
        self.reads.extend(other.reads.iter().cloned());
        self.writes.extend(other.writes.iter().cloned());
    }
}

/// All scripts: the name that the code knows each by, and what it touches.
pub(super) struct Scripts(BTreeMap<String, Touches>);

impl Scripts {
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let list = read(&root.join("sql/src/scripts.rs"))?;
        let mut texts = BTreeMap::new();
        for line in list.lines() {
            // NAME = "folder/file.sql";
            if let Some((name, file)) = line.split_once(" = \"")
                && let Some(file) = file.strip_suffix("\";")
            {
                let file = root.join("sql").join(file);
                let stem = file.file_stem().unwrap_or_default().to_string_lossy();
                texts.insert(stem.into_owned(), (name.trim().to_owned(), read(&file)?));
            }
        }
        if texts.is_empty() {
            return Err("sql/src/scripts.rs names no script".to_owned());
        }
        let tables: BTreeSet<String> = texts.values().flat_map(|(_, text)| made(text)).collect();
        let part = |name: &str| texts.get(name).map(|(_, text)| text.as_str());
        let scripts = texts.values().map(|(name, text)| {
            let mut touched = touches(text, &part);
            // Indexes and columns are named as tables are.
            for set in [&mut touched.reads, &mut touched.writes] {
                set.retain(|name| name == RAW || tables.contains(name));
            }
            (name.clone(), touched)
        });
        Ok(Self(scripts.collect()))
    }

    /// What the Rust files of a folder, or one file, touch through the scripts that they name.
    pub(super) fn of(&self, path: &Path) -> Result<Touches, String> {
        let mut all = Touches::default();
        let mut left = vec![path.to_owned()];
        while let Some(path) = left.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                left.extend(entries.flatten().map(|entry| entry.path()));
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = read(&path)?;
                let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                for touched in words.filter_map(|word| self.0.get(word)) {
                    all.add(touched);
                }
            }
        }
        Ok(all)
    }
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// The tables that a script makes.
fn made(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("CREATE ")?;
        let rest = rest.strip_prefix("UNLOGGED ").unwrap_or(rest);
        let rest = rest.strip_prefix("TABLE ")?;
        let rest = rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest);
        table(rest).map(str::to_owned)
    })
}

/// The tables of a script, those of its parts (`:NAME`) as well.
fn touches<'a>(text: &'a str, part: &dyn Fn(&str) -> Option<&'a str>) -> Touches {
    let mut all = Touches::default();
    let mut before: Vec<&str> = Vec::new();
    let code = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or(line));
    for word in code.flat_map(str::split_whitespace) {
        if let Some(table) = table(word) {
            let verb = before.join(" ");
            let written = [
                "INSERT INTO",
                "UPDATE",
                "DELETE FROM",
                "TABLE",
                "EXISTS",
                "TRUNCATE",
            ];
            let set = if written.iter().any(|written| verb.ends_with(written)) {
                &mut all.writes
            } else {
                &mut all.reads
            };
            set.insert(table.to_owned());
        }
        for part in word
            .split(':')
            .skip(1)
            .filter_map(|name| part(name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric())))
        {
            all.add(&touches(part, &|_| None));
        }
        before.push(word.trim_start_matches('('));
        if before.len() > 2 {
            before.remove(0);
        }
    }
    all
}

/// The table that a word names: `:"raw"`, or `:"staging".NAME` unless it is a function.
fn table(word: &str) -> Option<&str> {
    let word = word.trim_start_matches('(');
    if word.starts_with(":\"raw\"") {
        return Some(RAW);
    }
    let name = word.strip_prefix(":\"staging\".")?;
    let end = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(name.len());
    // A column of a table (`COMMENT ON COLUMN`) names the table all the same.
    (!name[end..].starts_with('(') && end > 0).then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_script_reads_and_writes_is_seen_in_its_parts_too() {
        let script = "-- of :\"staging\".nothing\nWITH gone AS (\n    DELETE FROM :\"staging\".etl_work w USING closed\n)\n\
                      INSERT INTO :\"staging\".staging_jobs\n  SELECT :\"staging\".time_remaining(x), (:count) FROM t WHERE EXISTS (SELECT FROM :\"staging\".etl_runs)\n:rows";
        let part = |name: &str| match name {
            "rows" => Some("SELECT * FROM :\"raw\" r JOIN :\"staging\".etl_salaries p ON true"),
            _ => None,
        };
        let touched = touches(script, &part);
        let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(names(&touched.reads), "etl_runs etl_salaries raw_jobs");
        assert_eq!(names(&touched.writes), "etl_work staging_jobs");
    }

    #[test]
    fn every_table_of_the_schema_is_one_that_schema_setup_writes() {
        let root = crate::steps::root();
        let scripts = Scripts::read(&root).unwrap();
        let setup = scripts.of(&root.join("phases/schema_setup/src")).unwrap();
        for table in [
            "staging_jobs",
            "etl_work",
            "etl_batches",
            "etl_runs",
            "etl_rejects",
        ] {
            assert!(
                setup.writes.contains(table),
                "{table} is not among {setup:?}"
            );
        }
    }
}
