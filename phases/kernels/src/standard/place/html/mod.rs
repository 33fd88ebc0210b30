//! Converts HTML to lines of text, as a browser would lay them out.
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
//! [`simple`] instead. Most crawled addresses are such pages. A test shows that both ways return the same lines.
//!
//! Example: `<p><b>Huế</b>: 1&nbsp;Lê Lợi</p>Hà Nội: B` becomes the lines `Huế: 1 Lê Lợi` and `Hà Nội: B`.

mod page;
mod simple;

use std::borrow::Cow;

use html5gum::{DefaultEmitter, Token, Tokenizer};
use memchr::memchr_iter;

use self::page::Page;

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
