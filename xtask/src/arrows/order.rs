//! The order of a crate's modules, which its root declares: each module imports from the floors below it alone.
//!
//! ```text
//! //! # Module order
//! //! 1. `error`, `state`
//! //! 2. `batch`
//! ```
//!
//! `batch` may import from `error` and `state`; `error` and `state` do not import each other. The root is above all.

use std::collections::BTreeMap;

use super::imports::Import;
use super::source::Source;

/// The heading of the section.
const HEADING: &str = "# Module order";

/// A declared order: each top-level module with its floor, counted from 1.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order(BTreeMap<String, usize>);

impl Order {
    /// Reads the section of the crate's documentation; `None` where there is none. A mistake in it is a sentence.
    pub(super) fn of(source: &Source) -> (Option<Self>, Vec<String>) {
        let root = &source.modules[0];
        let mut section = source.docs.iter().skip_while(|(_, text)| text != HEADING);
        let Some((heading, _)) = section.next() else {
            return (None, Vec::new());
        };
        let mut wrong = Vec::new();
        let mut floors = BTreeMap::new();
        let mut expected = 1;
        for (line, text) in section.take_while(|(_, text)| !text.starts_with('#')) {
            let Some((number, names)) = text.split_once(". ") else {
                continue;
            };
            let Ok(floor) = number.parse::<usize>() else {
                continue;
            };
            let place = format!("{}:{line}", root.file);
            if floor != expected {
                wrong.push(format!(
                    "{place} has floor {floor} where floor {expected} is expected"
                ));
            }
            expected = floor + 1;
            for name in names.split('`').skip(1).step_by(2) {
                if !root.children.contains_key(name) {
                    wrong.push(format!(
                        "{place} names `{name}`, which is not a module of this crate"
                    ));
                } else if floors.insert(name.to_owned(), floor).is_some() {
                    wrong.push(format!("{place} names `{name}` a second time"));
                }
            }
        }
        for name in root
            .children
            .keys()
            .filter(|name| !floors.contains_key(*name))
        {
            wrong.push(format!("{}:{heading} gives `{name}` no floor", root.file));
        }
        (Some(Self(floors)), wrong)
    }

    /// Every import that does not go to a lower floor, as a sentence.
    pub(super) fn check(&self, source: &Source, imports: &[Import]) -> Vec<String> {
        let mut wrong = Vec::new();
        for import in imports {
            let Some(from) = source.top(import.from) else {
                continue;
            };
            let place = format!("{}:{}", source.modules[import.from].file, import.line);
            let Some(to) = source.top(import.to) else {
                wrong.push(format!(
                    "{place} imports `{}` from {}: no module imports what the root of its crate defines",
                    import.path, source.modules[import.to].file
                ));
                continue;
            };
            let (Some(own), Some(other)) = (self.0.get(from), self.0.get(to)) else {
                continue;
            };
            if from != to && other >= own {
                let way = if other == own { "sideways" } else { "up" };
                wrong.push(format!(
                    "{place} imports `{}`: `{from}` (floor {own}) imports {way} from `{to}` (floor {other})",
                    import.path
                ));
            }
        }
        wrong
    }
}
