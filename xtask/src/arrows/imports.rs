//! Finds, for each path in the code of a crate, the module that defines it.

use std::collections::BTreeSet;

use super::source::Source;

/// The largest number of re-exports that are followed one after another.
const DEEPEST: usize = 16;

/// An import: one module uses an item that another module defines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    /// Indexes into [`Source::modules`].
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) line: usize,
    /// The path as the code names it.
    pub(super) path: String,
}

/// The module or item that a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Module(usize),
    /// An item, by the module that defines it.
    ItemOf(usize),
}

impl Target {
    fn module(self) -> usize {
        let (Self::Module(module) | Self::ItemOf(module)) = self;
        module
    }
}

impl Source {
    /// Every import between two modules of this crate.
    pub(super) fn imports(&self) -> Vec<Import> {
        let mut imports = BTreeSet::new();
        for (from, module) in self.modules.iter().enumerate() {
            for named in &module.named {
                let target = self.resolve(from, &named.segments, 0).map(Target::module);
                // If a path begins with an imported name and leads to the same module as the import, it adds no import.
                let begin = self
                    .resolve(from, &named.segments[..1], 0)
                    .map(Target::module);
                let is_relative = module.uses.contains_key(&named.segments[0]);
                let Some(to) = target.filter(|to| *to != from && !(is_relative && begin == target))
                else {
                    continue;
                };
                imports.insert(Import {
                    from,
                    to,
                    line: named.line,
                    path: named.segments.join("::"),
                });
            }
        }
        imports.into_iter().collect()
    }

    /// The name of a module's top-level module: `ledger` for `ledger::queue`; `None` for the root of the crate.
    pub(super) fn top(&self, mut module: usize) -> Option<&str> {
        while let Some(parent) = self.modules[module].parent {
            if parent == 0 {
                let mut children = self.modules[0].children.iter();
                return children
                    .find(|(_, child)| **child == module)
                    .map(|(name, _)| name.as_str());
            }
            module = parent;
        }
        None
    }

    fn resolve(&self, from: usize, segments: &[String], depth: usize) -> Option<Target> {
        let (first, rest) = segments.split_first()?;
        if depth > DEEPEST {
            return None;
        }
        let start = match first.as_str() {
            "crate" => Target::Module(0),
            "self" => Target::Module(from),
            "super" => Target::Module(self.modules[from].parent?),
            "Self" => return None,
            name => self.lookup(from, name, depth)?,
        };
        self.follow(start, rest, depth)
    }

    fn follow(&self, start: Target, segments: &[String], depth: usize) -> Option<Target> {
        let mut target = start;
        for segment in segments {
            let Target::Module(module) = target else {
                return Some(target);
            };
            target = match segment.as_str() {
                "super" => Target::Module(self.modules[module].parent?),
                "self" => target,
                name if self.is_foreign(module, name, depth) => return None,
                // A macro may have defined it.
                name => self
                    .lookup(module, name, depth)
                    .unwrap_or(Target::ItemOf(module)),
            };
        }
        Some(target)
    }

    /// Whether a module imports this name from another crate.
    fn is_foreign(&self, module: usize, name: &str, depth: usize) -> bool {
        let used = self.modules[module].uses.get(name);
        used.is_some_and(|_| self.lookup(module, name, depth).is_none())
    }

    /// Resolves a name in a module; `None` if it belongs to another crate.
    fn lookup(&self, module: usize, name: &str, depth: usize) -> Option<Target> {
        let here = &self.modules[module];
        if let Some(child) = here.children.get(name) {
            return Some(Target::Module(*child));
        }
        if here.items.contains(name) {
            return Some(Target::ItemOf(module));
        }
        if let Some(path) = here.uses.get(name) {
            // `use serde::Serialize` names another crate, unless a module here is called `serde`.
            return (path.first().map(String::as_str) != Some(name))
                .then(|| self.resolve(module, path, depth + 1))
                .flatten();
        }
        if module == 0
            && let Some(definer) = self.macros.get(name)
        {
            return Some(Target::ItemOf(*definer));
        }
        let globs = here.globs.iter().filter(|_| depth < DEEPEST);
        let mut modules = globs.filter_map(|path| self.resolve(module, path, depth + 1));
        modules.find_map(|target| match target {
            Target::Module(other) if other != module => self.lookup(other, name, depth + 1),
            _ => None,
        })
    }
}
