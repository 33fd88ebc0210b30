//! A section of a guide that is generated from the code. It is between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.

use std::path::Path;

/// A generated section.
pub(crate) struct Section {
    /// The path of the guide.
    pub(super) file: &'static str,
    /// The name in the two marks.
    pub(super) name: &'static str,
    /// The text between the marks.
    pub(super) text: String,
}

impl Section {
    /// Describes how the guide differs from the code; `None` if both are equal.
    pub(crate) fn check(&self, root: &Path) -> Result<Option<String>, String> {
        let page = self.read(root)?;
        let (from, to) = self.place(&page)?;
        if page[from..to] == self.text {
            return Ok(None);
        }
        let old: Vec<&str> = page[from..to].lines().collect();
        let differing = self.text.lines().find(|line| !old.contains(line));
        Ok(Some(format!(
            "{}: the section `{}` differs from the code (cargo xtask docs --write writes it): {}",
            self.file,
            self.name,
            differing.unwrap_or("it has lines that the code does not generate")
        )))
    }

    /// Writes the section into its guide.
    pub(crate) fn write(&self, root: &Path) -> Result<(), String> {
        let page = self.read(root)?;
        let (from, to) = self.place(&page)?;
        let page = format!("{}{}{}", &page[..from], self.text, &page[to..]);
        std::fs::write(root.join(self.file), page)
            .map_err(|error| format!("{}: {error}", self.file))
    }

    fn read(&self, root: &Path) -> Result<String, String> {
        std::fs::read_to_string(root.join(self.file))
            .map_err(|error| format!("{}: {error}", self.file))
    }

    fn place(&self, page: &str) -> Result<(usize, usize), String> {
        let begin = format!("<!-- {}:begin -->\n", self.name);
        let end = format!("<!-- {}:end -->", self.name);
        match (page.find(&begin), page.find(&end)) {
            (Some(from), Some(to)) if from < to => Ok((from + begin.len(), to)),
            _ => Err(format!("{} has no {begin}…{end}", self.file)),
        }
    }
}
