//! HTML to lines of text, as a browser would lay it out.
//!
//! 1. References to U+0000 are dropped ([`without_nul`]).
//! 2. A tokenizer of the HTML standard splits the page into tags and text; entities are decoded.
//! 3. The text of hidden elements (`<script>` …) is dropped.
//! 4. A block element (`<p>`, `<li>`, `<br>` …) starts and ends a line; a cell of a table adds a space; any other tag adds
//!    nothing.
//! 5. If a tag ended a line, a line break of the source is a space, as in a browser. Otherwise a line break of the source
//!    ends a line, because half of the crawled addresses are plain text with one address on each line.
//!
//! Steps 1 and 2 take most of the time, so a page whose markup is nothing but tags without attributes is read by
//! [`simple`] instead. Most crawled addresses are such pages. A test shows that both ways give the same.
//!
//! Example: `<p><b>Huế</b>: 1&nbsp;Lê Lợi</p>Hà Nội: B` becomes the lines `Huế: 1 Lê Lợi` and `Hà Nội: B`.

mod simple;

use std::borrow::Cow;

use html5gum::{DefaultEmitter, Token, Tokenizer};
use memchr::{memchr_iter, memchr3_iter};

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

/// Cells are beside each other: a space, not a line.
const CELLS: [&[u8]; 2] = [b"td", b"th"];
/// Elements that show nothing where the address is.
const HIDDEN: [&[u8]; 6] = [
    b"script",
    b"style",
    b"template",
    b"title",
    b"noscript",
    b"iframe",
];
/// A line break of the source, until it is known whether tags lay the page out. It is a control character that no cleaned
/// text holds.
const SOURCE_BREAK: char = '\u{b}';

/// The text of a page, with `\n` between the lines that a browser would show.
pub(super) fn text(html: &str) -> String {
    let page = simple::read(html).unwrap_or_else(|| tokenize(html));
    page.finish()
}

/// Reads a page with a tokenizer of the HTML standard.
fn tokenize(html: &str) -> Page {
    let html = without_nul(html);
    let mut page = Page::default();
    let mut emitter = DefaultEmitter::default();
    // A script or a title is read as text and not as tags.
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(&*html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.start(&tag.name, tag.self_closing),
            Token::EndTag(tag) => page.end(&tag.name),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    page
}

/// The page without character references to U+0000, which a browser would show as U+FFFD: `&#0;`, `&#0000`, `&#x0;`.
pub(super) fn without_nul(html: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut from = 0;
    for at in memchr_iter(b'&', html.as_bytes()) {
        if !html[at..].starts_with("&#") {
            continue;
        }
        let number = &html[at + 2..];
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let end = digits
            .find(|c: char| !c.is_digit(radix))
            .unwrap_or(digits.len());
        if end == 0 || digits[..end].contains(|c| c != '0') {
            continue;
        }
        kept.push_str(&html[from..at]);
        let rest = &digits[end..];
        from = html.len() - rest.strip_prefix(';').unwrap_or(rest).len();
    }
    if from == 0 {
        return Cow::Borrowed(html);
    }
    kept.push_str(&html[from..]);
    Cow::Owned(kept)
}

#[derive(Default)]
struct Page {
    out: String,
    /// The hidden element that is open, and how many of its name.
    hidden: Option<(&'static [u8], usize)>,
    /// Whether a tag ended a line.
    has_blocks: bool,
    /// Whether a line of the source ended.
    has_breaks: bool,
}

impl Page {
    fn finish(self) -> String {
        if !self.has_breaks {
            return self.out;
        }
        let line_break = if self.has_blocks { " " } else { "\n" };
        self.out.replace(SOURCE_BREAK, line_break)
    }

    fn start(&mut self, name: &[u8], self_closing: bool) {
        match &mut self.hidden {
            Some((open, depth)) if *open == name => *depth += 1,
            Some(_) => {}
            None => match HIDDEN.iter().find(|hidden| **hidden == name) {
                Some(hidden) if !self_closing => self.hidden = Some((hidden, 1)),
                _ => self.edge(name),
            },
        }
    }

    fn end(&mut self, name: &[u8]) {
        match &mut self.hidden {
            Some((open, 1)) if *open == name => self.hidden = None,
            Some((open, depth)) if *open == name => *depth -= 1,
            Some(_) => {}
            None => self.edge(name),
        }
    }

    fn text(&mut self, text: &str) {
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

    fn edge(&mut self, name: &[u8]) {
        if is_block(name) {
            self.has_blocks = true;
            self.out.push('\n');
        } else if CELLS.contains(&name) {
            self.out.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{text, without_nul};

    #[test]
    fn a_page_is_laid_out_as_in_a_browser() {
        for (page, lines) in [
            ("<p><b>Huế</b>: 1</p>Hà Nội", "\nHuế: 1\nHà Nội"),
            ("a<br/>b<BR />c", "a\nb\nc"),
            ("<td>a</td><td>b", " a  b"),
            ("a\nb &amp; c", "a\nb & c"),
            ("<p>a\nb", "\na b"),
            ("<script>if (a < b) {}</script>a", "a"),
            ("<style><style></style></style>a", "a"),
            ("a &lt; <!-- c --> b < c", "a <  b < c"),
            ("&#0;a&#x0;", "a"),
        ] {
            assert_eq!(text(page), lines, "{page:?}");
        }
    }

    #[test]
    fn references_to_u0000_are_dropped_and_others_stay() {
        for (page, kept) in [
            ("a&#0;b", "ab"),
            ("a&#0000b&#x0;&#X00;", "ab"),
            ("&#0", ""),
            ("&#00;&#0;ế", "ế"),
            ("&#01;&#48;&#x30;&#;&#x;&#z", "&#01;&#48;&#x30;&#;&#x;&#z"),
            ("&amp;#0;", "&amp;#0;"),
        ] {
            assert_eq!(without_nul(page), kept, "{page}");
        }
    }
}
