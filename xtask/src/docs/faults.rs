//! Checks the table of faults in guide 2. Each row must name existing tests, and each fault test must be in a row.

use std::path::Path;

use super::page::Page;

/// The guide with the table.
const GUIDE: &str = "docs/02-implementation-and-performance.md";
/// The head of the table.
const HEAD: &str = "| fault | what was seen | repeat with |";
/// The folder of the tests that the table names.
const SUITE: &str = "tests/tests/suite";

/// Lists every name that is not part of the path of a test, and every fault test that no name matches.
pub(super) fn check(root: &Path, pages: &[Page]) -> Result<Vec<String>, String> {
    let named = pages
        .iter()
        .find(|page| page.name == GUIDE)
        .map(names)
        .unwrap_or_default();
    if named.is_empty() {
        return Ok(vec![format!(
            "{GUIDE} has no table that begins with {HEAD}"
        )]);
    }
    let mut tests = Vec::new();
    visit(&root.join(SUITE), "", &mut tests)?;
    let unknown = named
        .iter()
        .filter(|(_, name)| !tests.iter().any(|test| test.contains(name)))
        .map(|(line, name)| {
            format!("{GUIDE}:{line} names `{name}`, which is not part of a test's path")
        });
    let unnamed = tests
        .iter()
        .filter(|test| test.starts_with("faults::"))
        .filter(|test| !named.iter().any(|(_, name)| test.contains(name)))
        .map(|test| format!("{test} tests a fault, and no row of the table in {GUIDE} names it"));
    Ok(unknown.chain(unnamed).collect())
}

/// The names in the last column of the table, each with its line.
fn names(page: &Page) -> Vec<(usize, &str)> {
    page.prose
        .iter()
        .skip_while(|(_, text)| text != HEAD)
        .skip(2)
        .take_while(|(_, text)| text.starts_with('|'))
        .flat_map(|(line, text)| {
            let last = text.trim_end_matches([' ', '|']).rsplit("| ").next();
            let names = last.unwrap_or_default().split('`').skip(1).step_by(2);
            names.map(move |name| (*line, name))
        })
        .collect()
}

/// The paths of all tests below a folder.
fn visit(folder: &Path, module: &str, into: &mut Vec<String>) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(fail)?.flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            visit(&path, &format!("{module}{name}::"), into)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).map_err(fail)?;
            let module = match &*name {
                "mod" | "main" => module.to_owned(),
                name => format!("{module}{name}::"),
            };
            into.extend(tests(&text).map(|test| format!("{module}{test}")));
        }
    }
    Ok(())
}

/// The names of the test functions.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    text.lines().filter_map(move |line| {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        }
        let (_, rest) = line.split_once("fn ")?;
        std::mem::take(&mut is_test).then(|| rest.split('(').next())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_names_tests() {
        let page = Page::parse(
            GUIDE,
            &format!(
                "{HEAD}\n|---|---|---|\n| `a` | b | `faults::c`, `d` |\n| e | f | `g` |\n\n| h | i | `j` |\n"
            ),
        );
        assert_eq!(names(&page), [(3, "faults::c"), (3, "d"), (4, "g")]);
    }

    #[test]
    fn only_marked_functions_are_tests() {
        let text = "fn help() {}\n#[tokio::test]\n#[ignore = \"slow\"]\nasync fn a_story() {}\nfn more() {}\n#[test]\nfn b() {}\n";
        assert_eq!(tests(text).collect::<Vec<_>>(), ["a_story", "b"]);
    }
}
