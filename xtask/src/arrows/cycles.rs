//! Import cycles between the files of a crate.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use super::imports::Import;
use super::source::Source;

/// Files that import each other, directly or through other files of the group.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    /// All files of the group, sorted.
    pub(super) files: Vec<String>,
    /// The shortest way from the first file back to it: places in files, and what each imports.
    way: Vec<String>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, files) = (self.files.len(), self.files.join(", "));
        write!(f, "{count} files import one another in a cycle: {files}; ")?;
        write!(
            f,
            "the shortest from the first: {}",
            self.way.join(", then ")
        )
    }
}

/// Imports between files: an importing file, and each file that it imports from with one import as an example.
type Edges<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a Import>>;

/// Every group of files that import one another.
pub(super) fn cycles(source: &Source, imports: &[Import]) -> Vec<Cycle> {
    let file = |module: usize| source.modules[module].file.as_str();
    let root = file(0);
    let mut edges = Edges::new();
    for import in imports {
        let (from, to) = (file(import.from), file(import.to));
        // The root is above all files. The check of the module order reports imports from the root.
        if from != to && from != root && to != root {
            edges.entry(from).or_default().entry(to).or_insert(import);
        }
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> = edges
        .keys()
        .map(|from| (*from, reach(&edges, from)))
        .collect();
    let mut groups = BTreeSet::new();
    for (from, all) in &reached {
        let is_back = |to: &&&str| reached.get(**to).is_some_and(|all| all.contains(from));
        let group: Vec<&str> = all.iter().filter(is_back).copied().collect();
        if group.len() > 1 {
            groups.insert(group);
        }
    }
    let cycle = |group: Vec<&str>| Cycle {
        way: way(&edges, group[0]),
        files: group.into_iter().map(str::to_owned).collect(),
    };
    groups.into_iter().map(cycle).collect()
}

/// Every file that can be reached from one.
fn reach<'a>(edges: &Edges<'a>, from: &str) -> BTreeSet<&'a str> {
    let next = |file: &str| {
        edges
            .get(file)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .copied()
    };
    let mut found = BTreeSet::new();
    let mut left: Vec<&str> = next(from).collect();
    while let Some(file) = left.pop() {
        if found.insert(file) {
            left.extend(next(file));
        }
    }
    found
}

/// The shortest way from a file back to itself.
fn way(edges: &Edges<'_>, start: &str) -> Vec<String> {
    let mut left = VecDeque::from([(start, Vec::new())]);
    let mut seen = BTreeSet::new();
    while let Some((file, way)) = left.pop_front() {
        for (to, import) in edges.get(file).into_iter().flatten() {
            let mut way = way.clone();
            way.push(format!("{file}:{} imports `{}`", import.line, import.path));
            if *to == start {
                return way;
            }
            if seen.insert(*to) {
                left.push_back((to, way));
            }
        }
    }
    Vec::new()
}
