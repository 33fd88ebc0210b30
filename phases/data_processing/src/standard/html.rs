//! HTML to lines of text, as a browser would lay it out.

use std::borrow::Cow;

use html5gum::{DefaultEmitter, Token, Tokenizer};
use memchr::{memchr, memchr_iter, memchr3, memchr3_iter};

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

/// Elements after whose start a tokenizer reads in another way (HTML standard, 13.2.6.4.7), or that show nothing.
#[rustfmt::skip]
fn is_special(name: &[u8]) -> bool {
    matches!(
        name,
        b"iframe" | b"math" | b"noembed" | b"noframes" | b"noscript" | b"plaintext" | b"script" | b"style" | b"svg"
            | b"template" | b"textarea" | b"title" | b"xmp"
    )
}

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

/// Writes the text of a page into a buffer, in place of what stood there, with `\n` between the lines that a browser would
/// show; entities are decoded.
///
/// Half of the crawled addresses are plain text, one address a line. So where nothing in the text ends a line by its tag, a
/// line break of the source does; elsewhere it is the space that a browser makes of it.
pub(super) fn write_text(html: &str, out: &mut String) {
    if !write_bare(html, out) {
        let mut page = Page::new(std::mem::take(out));
        page.tokens(&without_nul(html));
        *out = page.finish();
    }
}

/// The same where the markup is nothing but tags without attributes; else it gives up, and the buffer holds nothing of worth.
pub(super) fn write_bare(html: &str, out: &mut String) -> bool {
    let mut page = Page::new(std::mem::take(out));
    let bare = page.bare(html);
    *out = page.finish();
    bare
}

/// The page without character references to U+0000, which a browser would show as U+FFFD: `&#0;`, `&#0000`, `&#x0;`.
pub(crate) fn without_nul(html: &str) -> Cow<'_, str> {
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

/// Whether each `&` of a page stands for itself, since neither a letter nor `#` follows it, and nothing else is in it that a
/// browser would read as something else.
fn is_without_references(html: &str) -> bool {
    let bytes = html.as_bytes();
    memchr3_iter(b'&', b'\r', 0, bytes).all(|at| {
        let next = bytes.get(at + 1);
        bytes[at] == b'&' && next.is_none_or(|next| !next.is_ascii_alphabetic() && *next != b'#')
    })
}

struct Page {
    out: String,
    /// The hidden element that is open, and how many of its name.
    hidden: Option<(&'static [u8], usize)>,
    /// Whether a tag ended a line.
    blocks: bool,
    /// Whether a line of the source ended.
    breaks: bool,
}

/// The longest name of an element that is known above.
const LONGEST_NAME: usize = 16;

impl Page {
    fn new(mut out: String) -> Self {
        out.clear();
        Self {
            out,
            hidden: None,
            blocks: false,
            breaks: false,
        }
    }

    fn finish(self) -> String {
        if !self.breaks {
            return self.out;
        }
        let line_break = if self.blocks { " " } else { "\n" };
        self.out.replace(SOURCE_BREAK, line_break)
    }

    /// Reads a page by a tokenizer of the HTML standard.
    fn tokens(&mut self, html: &str) {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(html, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => self.start(&tag.name, tag.self_closing),
                Token::EndTag(tag) => self.end(&tag.name),
                Token::String(text) => self.text(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
    }

    /// Reads a page whose markup is nothing but tags without attributes, as most crawled addresses have it, and gives up
    /// at anything else.
    fn bare(&mut self, html: &str) -> bool {
        let unusual = memchr3(b'&', b'\r', 0, html.as_bytes());
        if unusual.is_some_and(|at| !is_without_references(&html[at..])) {
            return false;
        }
        let mut rest = html;
        while let Some(open) = memchr(b'<', rest.as_bytes()) {
            self.text(&rest[..open]);
            let tag = &rest[open + 1..];
            let Some(close) = memchr(b'>', tag.as_bytes()) else {
                return false;
            };
            let inner = &tag.as_bytes()[..close];
            let (inner, ends) = match inner {
                [b'/', inner @ ..] => (inner, true),
                inner => (inner, false),
            };
            let name = inner.strip_suffix(b"/").unwrap_or(inner).trim_ascii_end();
            let mut lower = [0; LONGEST_NAME];
            let Some(lower) = lower.get_mut(..name.len()) else {
                return false;
            };
            lower.copy_from_slice(name);
            lower.make_ascii_lowercase();
            let known = lower.first().is_some_and(u8::is_ascii_lowercase)
                && lower.iter().all(u8::is_ascii_alphanumeric)
                && !is_special(lower);
            if !known {
                return false;
            }
            if ends {
                self.end(lower);
            } else {
                self.start(lower, false);
            }
            rest = &tag[close + 1..];
        }
        self.text(rest);
        true
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
            self.breaks = true;
            from = at + 1;
        }
        self.out.push_str(&text[from..]);
    }

    fn edge(&mut self, name: &[u8]) {
        if is_block(name) {
            self.blocks = true;
            self.out.push('\n');
        } else if CELLS.contains(&name) {
            self.out.push(' ');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, without_nul};

    #[test]
    fn bare_tags_are_read_as_the_tokenizer_reads_them() {
        let units = [
            "<div>",
            "</div>",
            "<br/>",
            "<BR />",
            "<b>",
            "</b >",
            "<td>",
            "<script>",
            "</script>",
            "<title>",
            "<p",
            "<x1>",
            "< p>",
            "</>",
            "<!-- a -->",
            "<1>",
            "a",
            "Huế: b",
            " ",
            "\n",
            "\r\n",
            "\u{b}",
            "\0",
            "&amp;",
            "&",
            "#1;",
            "7;",
            ">",
            "/",
            "<p\n>",
            "<p/ >",
            "<p//>",
            "<veryveryverylongname>",
        ];
        let mut bare = 0;
        // Every text of three units.
        for n in 0..units.len().pow(3) {
            let page = [n, n / units.len(), n / units.len().pow(2)]
                .map(|at| units[at % units.len()])
                .concat();
            let (mut by_tags, mut by_tokens) = (Page::new(String::new()), Page::new(String::new()));
            if by_tags.bare(&page) {
                bare += 1;
                by_tokens.tokens(&page);
                assert_eq!(by_tags.finish(), by_tokens.finish(), "{page:?}");
            }
        }
        assert!(bare > 2_000, "{bare}");
    }

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
