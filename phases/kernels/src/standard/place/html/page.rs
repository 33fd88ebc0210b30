//! The layout of a page: tags and text in, lines out.

use memchr::memchr3_iter;

/// Elements that start and end a line. From the user-agent style sheet of the HTML standard, section 15.3: `display: block`,
/// `list-item` and the rows of tables, and `br`.
#[rustfmt::skip]
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"br" | b"caption" | b"center" | b"dd"
            | b"details" | b"dialog" | b"dir" | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure"
            | b"footer" | b"form" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"header" | b"hgroup" | b"hr"
            | b"html" | b"legend" | b"li" | b"main" | b"menu" | b"nav" | b"ol" | b"optgroup" | b"option" | b"p"
            | b"pre" | b"search" | b"section" | b"summary" | b"table" | b"tbody" | b"tfoot" | b"thead" | b"tr" | b"ul"
    )
}

/// Cells of a row are next to each other, so a cell adds a space and not a line.
const CELLS: [&[u8]; 2] = [b"td", b"th"];
/// Elements whose text a browser does not show within the page.
const HIDDEN: [&[u8]; 6] = [
    b"script",
    b"style",
    b"template",
    b"title",
    b"noscript",
    b"iframe",
];
/// A line break of the source, until it is known whether tags lay the page out. No cleaned text has this control
/// character.
const SOURCE_BREAK: char = '\u{b}';

/// A page that is being laid out: the lines so far, and the state that the next tag or text needs.
#[derive(Default)]
pub(super) struct Page {
    out: String,
    /// The hidden element that is open, and how many elements of this name are open.
    hidden: Option<(&'static [u8], usize)>,
    /// Whether a tag ended a line.
    has_blocks: bool,
    /// Whether a line of the source ended.
    has_breaks: bool,
}

impl Page {
    /// An empty page with room for a text of so many bytes.
    pub(super) fn with_room(bytes: usize) -> Self {
        Self {
            out: String::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// The lines of the page.
    pub(super) fn finish(self) -> String {
        if !self.has_breaks {
            return self.out;
        }
        let line_break = if self.has_blocks { " " } else { "\n" };
        self.out.replace(SOURCE_BREAK, line_break)
    }

    /// Adds the start tag of an element.
    pub(super) fn start(&mut self, name: &[u8], self_closing: bool) {
        match &mut self.hidden {
            Some((open, depth)) if *open == name => *depth += 1,
            Some(_) => {}
            None => match HIDDEN.iter().find(|hidden| **hidden == name) {
                Some(hidden) if !self_closing => self.hidden = Some((hidden, 1)),
                _ => self.edge(name),
            },
        }
    }

    /// Adds the end tag of an element.
    pub(super) fn end(&mut self, name: &[u8]) {
        match &mut self.hidden {
            Some((open, 1)) if *open == name => self.hidden = None,
            Some((open, depth)) if *open == name => *depth -= 1,
            Some(_) => {}
            None => self.edge(name),
        }
    }

    /// Adds text between tags.
    pub(super) fn text(&mut self, text: &str) {
        if text.is_empty() || self.hidden.is_some() {
            return;
        }
        let mut from = 0;
        for at in memchr3_iter(b'\n', b'\r', SOURCE_BREAK as u8, text.as_bytes()) {
            self.out.push_str(&text[from..at]);
            self.out.push(SOURCE_BREAK);
            self.has_breaks = true;
            from = at + 1;
        }
        self.out.push_str(&text[from..]);
    }

    /// Adds a line break, a space or nothing, where a shown element starts or ends.
    fn edge(&mut self, name: &[u8]) {
        if is_block(name) {
            self.has_blocks = true;
            self.out.push('\n');
        } else if CELLS.contains(&name) {
            self.out.push(' ');
        }
    }
}
