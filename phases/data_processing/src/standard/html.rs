//! HTML to lines of text, as a browser would lay it out.

use std::borrow::Cow;

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// Elements that start and end a line. From the user-agent style sheet of the HTML standard, section 15.3: `display: block`,
/// `list-item` and the rows of tables, and `br`.
const BLOCKS: [&[u8]; 49] = [
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"body",
    b"br",
    b"caption",
    b"center",
    b"dd",
    b"details",
    b"dialog",
    b"dir",
    b"div",
    b"dl",
    b"dt",
    b"fieldset",
    b"figcaption",
    b"figure",
    b"footer",
    b"form",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"header",
    b"hgroup",
    b"hr",
    b"html",
    b"legend",
    b"li",
    b"main",
    b"menu",
    b"nav",
    b"ol",
    b"option",
    b"p",
    b"pre",
    b"search",
    b"section",
    b"summary",
    b"table",
    b"tbody",
    b"tfoot",
    b"thead",
    b"tr",
    b"ul",
    b"optgroup",
];
/// Cells stand beside each other: a space, not a line.
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
/// Stands for a line break of the source until it is known whether the page is laid out by tags. It is a control character
/// that no cleaned text holds.
const SOURCE_BREAK: char = '\u{b}';

/// The text of a page with `\n` between the lines that a browser would show; entities are decoded.
///
/// Half of the crawled addresses are plain text, one address a line. So where nothing in the text ends a line by its tag, a
/// line break of the source does; elsewhere it is the space that a browser makes of it.
pub(super) fn to_text(html: &str) -> Cow<'_, str> {
    if !html.contains(['<', '&']) {
        return Cow::Borrowed(html);
    }
    let html = &*without_nul(html);
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut page = Page {
        out: String::with_capacity(html.len()),
        hidden: None,
        blocks: false,
    };
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.start(&tag.name, tag.self_closing),
            Token::EndTag(tag) => page.end(&tag.name),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    let line_break = if page.blocks { " " } else { "\n" };
    Cow::Owned(page.out.replace(SOURCE_BREAK, line_break))
}

/// The page without character references to U+0000, which a browser would show as U+FFFD: `&#0;`, `&#0000`, `&#x0;`.
pub(crate) fn without_nul(html: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut from = 0;
    for (at, _) in html.match_indices("&#") {
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

struct Page {
    out: String,
    /// The hidden element that is open, and how many of its name.
    hidden: Option<(&'static [u8], usize)>,
    blocks: bool,
}

impl Page {
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
        if self.hidden.is_none() {
            self.out.extend(text.chars().map(|c| {
                if matches!(c, '\n' | '\r' | SOURCE_BREAK) {
                    SOURCE_BREAK
                } else {
                    c
                }
            }));
        }
    }

    fn edge(&mut self, name: &[u8]) {
        if BLOCKS.contains(&name) {
            self.blocks = true;
            self.out.push('\n');
        } else if CELLS.contains(&name) {
            self.out.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_nul;

    #[test]
    fn references_to_u0000_go_and_others_stay() {
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
