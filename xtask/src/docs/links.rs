//! Checks the links within the project: the file and the heading that a link names must exist.

use std::path::{Component, Path, PathBuf};

use super::page::{Page, SUMMARY};

/// The folder of the book. A link that leaves it works in the repository but not in the book.
const BOOK: &str = "docs/";

/// Lists every broken link, and every page that is missing in the table of contents.
pub(super) fn check(root: &Path, pages: &[Page]) -> Vec<String> {
    let mut wrong = broken(root, pages);
    wrong.extend(summary(root, pages));
    wrong
}

fn broken(root: &Path, pages: &[Page]) -> Vec<String> {
    let mut wrong = Vec::new();
    for page in pages {
        for (line, target) in targets(page) {
            if let Err(why) = follow(root, pages, &page.name, &target) {
                wrong.push(format!("{}:{line} links to {target}: {why}", page.name));
            }
        }
    }
    wrong
}

/// The targets of a page's links, outside code, each with its line.
fn targets(page: &Page) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, text) in &page.prose {
        let text: String = text.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for piece in text.split("](").skip(1) {
            if let Some(target) = piece.split(')').next() {
                found.push((*line, target.to_owned()));
            }
        }
    }
    found
}

fn follow(root: &Path, pages: &[Page], from: &str, target: &str) -> Result<(), String> {
    if ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
    {
        return Ok(());
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (target, None),
    };
    let name = if path.is_empty() {
        from.to_owned()
    } else {
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        plain(&folder.join(path)).display().to_string()
    };
    if !path.is_empty() && !root.join(&name).exists() {
        return Err(format!("{name} does not exist"));
    }
    if from.starts_with(BOOK) && !name.starts_with(BOOK) {
        return Err(format!(
            "{name} is not a page of the book: name it without a link"
        ));
    }
    let Some(anchor) = anchor else {
        return Ok(());
    };
    let page = pages.iter().find(|page| page.name == name);
    let anchors = page.map(Page::anchors).unwrap_or_default();
    if anchors.iter().any(|known| known == anchor) {
        Ok(())
    } else {
        Err(format!(
            "{name} does not have this heading; it has: {}",
            anchors.join(", ")
        ))
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// Lists every page of the book that is missing in the table of contents, because readers would not find it.
fn summary(root: &Path, pages: &[Page]) -> Vec<String> {
    let Some(summary) = pages.iter().find(|page| page.name == SUMMARY) else {
        return if root.join("docs/book.toml").exists() {
            vec![format!("the book has no {SUMMARY}")]
        } else {
            Vec::new()
        };
    };
    let listed: Vec<String> = targets(summary)
        .into_iter()
        .map(|(_, target)| format!("docs/{target}"))
        .collect();
    pages
        .iter()
        .filter(|page| page.name.starts_with("docs/") && page.name != SUMMARY)
        .filter(|page| !listed.contains(&page.name))
        .map(|page| format!("{SUMMARY} does not name {}", page.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_an_error_with_its_line() {
        let root = crate::workspace::root();
        let pages = [Page::parse(
            "docs/x.md",
            "# Here\n[a](#here) [b](#there) `[c](nowhere)`\n[d](SUMMARY.md) [e](nowhere.md) [f](https://x.y)\n[g](../README.md)\n",
        )];
        let wrong = broken(&root, &pages);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(
            wrong[0].starts_with("docs/x.md:2 links to #there"),
            "{wrong:?}"
        );
        assert!(
            wrong[1].starts_with("docs/x.md:3 links to nowhere.md"),
            "{wrong:?}"
        );
        assert!(wrong[2].contains("not a page of the book"), "{wrong:?}");
    }
}
