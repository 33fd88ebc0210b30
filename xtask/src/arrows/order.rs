//! The order of the modules of a crate, which its root declares: each module imports only from lower floors.
//!
//! ```text
//! //! # Module order
//! //! 1. `error`, `state`
//! //! 2. `batch`
//! ```
//!
//! Here, `batch` may import from `error` and `state`. `error` and `state` must not import each other. The root is above all
//! floors. The names of a floor may take several lines.

use std::collections::BTreeMap;

use super::imports::Import;
use super::source::Source;

/// The heading of the section.
const HEADING: &str = "# Module order";

/// A declared order: each top-level module with its floor, counted from 1.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Order(BTreeMap<String, usize>);

impl Order {
    /// Checks the imports of a crate against its order. A crate with two or more modules must declare one.
    pub(super) fn check(source: &Source, imports: &[Import]) -> Vec<String> {
        let root = &source.modules[0];
        match Self::of(source) {
            (Some(order), mut wrong) => {
                wrong.extend(order.wrong_imports(source, imports));
                wrong
            }
            (None, _) if root.children.len() > 1 => {
                vec![format!("{} declares no `{HEADING}`", root.file)]
            }
            (None, _) => Vec::new(),
        }
    }

    /// Reads the section in the documentation of the crate; `None` if there is no section. Describes each mistake in it.
    fn of(source: &Source) -> (Option<Self>, Vec<String>) {
        let root = &source.modules[0];
        let mut section = source.docs.iter().skip_while(|(_, text)| text != HEADING);
        let Some((heading, _)) = section.next() else {
            return (None, Vec::new());
        };
        let mut wrong = Vec::new();
        let mut floors = BTreeMap::new();
        let mut last = 0;
        let mut is_in_floor = false;
        for (line, text) in section.take_while(|(_, text)| !text.starts_with('#')) {
            let place = format!("{}:{line}", root.file);
            let number = text
                .split_once(". ")
                .and_then(|(number, _)| number.parse().ok());
            if let Some(number) = number {
                let expected = last + 1;
                if number != expected {
                    wrong.push(format!(
                        "{place} has floor {number} where floor {expected} is expected"
                    ));
                }
                last = number;
            }
            // The names of a floor may go on in the next lines, up to a blank one.
            is_in_floor = number.is_some() || is_in_floor && !text.is_empty();
            if !is_in_floor {
                continue;
            }
            let floor = last;
            for name in text.split('`').skip(1).step_by(2) {
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
            wrong.push(format!(
                "{}:{heading} does not list the module `{name}`",
                root.file
            ));
        }
        (Some(Self(floors)), wrong)
    }

    /// Every import that does not go to a lower floor, as a sentence.
    fn wrong_imports(&self, source: &Source, imports: &[Import]) -> Vec<String> {
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
