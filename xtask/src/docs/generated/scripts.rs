//! Finds the tables that a phase reads and writes, in the scripts that the code of the phase names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The default name of the raw table.
const RAW: &str = "raw_jobs";

/// The words in SQL before the name of a table that is written.
const WRITING: [&str; 6] = [
    "INSERT INTO",
    "UPDATE",
    "DELETE FROM",
    "TABLE",
    "EXISTS",
    "TRUNCATE",
];

/// The tables that SQL reads and writes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tables {
    pub(super) reads: BTreeSet<String>,
    pub(super) writes: BTreeSet<String>,
}

impl Tables {
    pub(super) fn add(&mut self, other: &Self) {
        self.reads.extend(other.reads.iter().cloned());
        self.writes.extend(other.writes.iter().cloned());
    }
}

/// The tables of every script, by the constant that names the script in the code.
pub(super) struct Scripts(BTreeMap<String, Tables>);

impl Scripts {
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let list = read(&root.join("sql/src/scripts.rs"))?;
        // The stem of each file, with the constant and the text.
        let mut texts = BTreeMap::new();
        for line in list.lines() {
            // NAME = "folder/file.sql";
            if let Some((constant, file)) = line.split_once(" = \"")
                && let Some(file) = file.strip_suffix("\";")
            {
                let text = read(&root.join("sql").join(file))?;
                texts.insert(stem(file).to_owned(), (constant.trim().to_owned(), text));
            }
        }
        if texts.is_empty() {
            return Err("sql/src/scripts.rs names no script".to_owned());
        }
        let created: BTreeSet<String> =
            texts.values().flat_map(|(_, text)| created(text)).collect();
        let part = |stem: &str| texts.get(stem).map(|(_, text)| text.as_str());
        let scripts = texts.values().map(|(constant, text)| {
            let mut tables = tables_of(text, &part);
            // Indexes and columns are written in the same way as tables.
            for set in [&mut tables.reads, &mut tables.writes] {
                set.retain(|name| name == RAW || created.contains(name));
            }
            (constant.clone(), tables)
        });
        Ok(Self(scripts.collect()))
    }

    /// The tables of the scripts that the Rust files of a folder, or one file, name.
    pub(super) fn of(&self, path: &Path) -> Result<Tables, String> {
        let mut all = Tables::default();
        let mut left = vec![path.to_owned()];
        while let Some(path) = left.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                left.extend(entries.flatten().map(|entry| entry.path()));
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = read(&path)?;
                let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                for tables in words.filter_map(|word| self.0.get(word)) {
                    all.add(tables);
                }
            }
        }
        Ok(all)
    }
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

/// The name of a script without its folder and `.sql`.
fn stem(file: &str) -> &str {
    file.rsplit('/')
        .next()
        .unwrap_or(file)
        .trim_end_matches(".sql")
}

/// The tables that a script creates.
fn created(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("CREATE ")?;
        let rest = rest.strip_prefix("UNLOGGED ").unwrap_or(rest);
        let rest = rest.strip_prefix("TABLE ")?;
        let rest = rest.strip_prefix("IF NOT EXISTS ").unwrap_or(rest);
        table(rest).map(str::to_owned)
    })
}

/// The tables of a script and of the parts (`:NAME`, `\ir FILE`) that it includes.
fn tables_of<'a>(text: &'a str, part: &dyn Fn(&str) -> Option<&'a str>) -> Tables {
    let mut all = Tables::default();
    let mut before: Vec<&str> = Vec::new();
    let code = text
        .lines()
        .map(|line| line.split("--").next().unwrap_or(line));
    for word in code.flat_map(str::split_whitespace) {
        if let Some(table) = table(word) {
            let verb = before.join(" ");
            let is_written = WRITING.iter().any(|writing| verb.ends_with(writing));
            let set = if is_written {
                &mut all.writes
            } else {
                &mut all.reads
            };
            set.insert(table.to_owned());
        }
        let names = word.split(':').skip(1);
        let names = names.map(|name| name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()));
        let included = (before.last() == Some(&"\\ir")).then(|| stem(word));
        for part in names.chain(included).filter_map(part) {
            all.add(&tables_of(part, &|_| None));
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
    // A column of a table (`COMMENT ON COLUMN`) names the table too.
    (!name[end..].starts_with('(') && end > 0).then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_script_count_as_its_own_text() {
        let script = "-- of :\"staging\".nothing\nWITH gone AS (\n    DELETE FROM :\"staging\".etl_work w USING closed\n)\n\
                      INSERT INTO :\"staging\".staging_jobs\n  SELECT :\"staging\".time_remaining(x), (:count) FROM t WHERE EXISTS (SELECT FROM :\"staging\".etl_runs)\n:rows";
        let part = |name: &str| match name {
            "rows" => Some("SELECT * FROM :\"raw\" r JOIN :\"staging\".etl_salaries p ON true"),
            _ => None,
        };
        let found = tables_of(script, &part);
        let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(names(&found.reads), "etl_runs etl_salaries raw_jobs");
        assert_eq!(names(&found.writes), "etl_work staging_jobs");
    }

    #[test]
    fn schema_setup_writes_every_table() {
        let root = crate::workspace::root();
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
