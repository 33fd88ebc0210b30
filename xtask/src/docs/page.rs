//! Pages of Markdown: prose and code blocks.

use std::path::Path;

use crate::workspace::files;

/// The table of contents of the book.
pub(super) const SUMMARY: &str = "docs/SUMMARY.md";

/// A page.
pub(crate) struct Page {
    /// The path in the project.
    pub(crate) name: String,
    /// The lines outside code blocks: number and text.
    pub(crate) prose: Vec<(usize, String)>,
    /// The code blocks.
    pub(crate) blocks: Vec<Block>,
}

/// A code block.
pub(crate) struct Block {
    /// The line that opens it, from 1.
    pub(crate) line: usize,
    /// `sh`, `toml`, …
    pub(crate) language: String,
    /// The lines between the fences.
    pub(crate) text: String,
    /// The reason in `<!-- not run: REASON -->` before the block, where there is one.
    pub(crate) not_run: Option<String>,
}

impl Page {
    /// All pages of the project.
    pub(crate) fn all(root: &Path) -> Result<Vec<Self>, String> {
        let names = files(root, "*.md")?;
        let mut pages: Vec<Self> = names
            .iter()
            .map(|name| {
                std::fs::read_to_string(root.join(name))
                    .map(|text| Self::parse(name, &text))
                    .map_err(|error| format!("{name}: {error}"))
            })
            .collect::<Result<_, _>>()?;
        // The README comes first: its examples make the tables that other pages query. The pages of the book follow in its
        // order, because the last ones also remove tables.
        let summary = std::fs::read_to_string(root.join(SUMMARY)).unwrap_or_default();
        let place = |page: &Self| {
            let name = page.name.strip_prefix("docs/")?;
            summary.find(&format!("({name})"))
        };
        pages.sort_by_key(|page| {
            let place = place(page).unwrap_or(usize::MAX);
            (page.name != "README.md", place, page.name.clone())
        });
        if pages.is_empty() {
            return Err("the project has no page of Markdown".to_owned());
        }
        Ok(pages)
    }

    pub(crate) fn parse(name: &str, text: &str) -> Self {
        let mut page = Self {
            name: name.to_owned(),
            prose: Vec::new(),
            blocks: Vec::new(),
        };
        let mut open: Option<Block> = None;
        let mut not_run = None;
        for (index, line) in text.lines().enumerate() {
            let fence = line.trim_start().strip_prefix("```");
            match (fence, &mut open) {
                (Some(_), Some(_)) => page.blocks.extend(open.take()),
                (Some(language), None) => {
                    open = Some(Block {
                        line: index + 1,
                        language: language.trim().to_owned(),
                        text: String::new(),
                        not_run: not_run.take(),
                    });
                }
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {
                    let comment = line
                        .trim()
                        .strip_prefix("<!-- not run:")
                        .and_then(|rest| rest.strip_suffix("-->"));
                    match comment {
                        Some(reason) => not_run = Some(reason.trim().to_owned()),
                        None if !line.trim().is_empty() => not_run = None,
                        None => {}
                    }
                    page.prose.push((index + 1, line.to_owned()));
                }
            }
        }
        page
    }

    /// The pieces of code in the prose: line and text.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.prose.iter().flat_map(|(line, text)| {
            text.split('`')
                .skip(1)
                .step_by(2)
                .map(move |code| (*line, code))
        })
    }

    /// The headings, as links name them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        self.prose
            .iter()
            .filter_map(|(_, line)| {
                let heading = line.trim_start_matches('#');
                (heading.len() < line.len() && heading.starts_with(' ')).then(|| slug(heading))
            })
            .collect()
    }
}

/// The name that GitHub gives a heading: lower case, hyphens for spaces, no punctuation.
fn slug(heading: &str) -> String {
    heading
        .trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_prose_and_blocks() {
        let page = Page::parse(
            "x.md",
            "# Một · Two\n`a` and `b`\n\n<!-- not run: slow -->\n```sh\nrun\n```\n```toml\nx = 1\n```\n",
        );
        assert_eq!(page.anchors(), ["một--two"]);
        assert_eq!(page.code().collect::<Vec<_>>(), [(2, "a"), (2, "b")]);
        let blocks: Vec<_> = page
            .blocks
            .iter()
            .map(|block| {
                (
                    block.line,
                    &*block.language,
                    &*block.text,
                    block.not_run.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            blocks,
            [
                (5, "sh", "run\n", Some("slow")),
                (8, "toml", "x = 1\n", None)
            ]
        );
    }
}
