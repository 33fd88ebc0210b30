//! Reads a simple page: all its markup is tags without attributes, such as `<p>`, `</b>` and `<br/>`.

use memchr::{memchr, memchr3_iter};

use super::page::Page;

/// The most bytes of the name of an element that is read here.
const LONGEST_NAME: usize = 16;

/// Reads a page, or returns `None` where the page is not simple.
pub(super) fn read(html: &str) -> Option<Page> {
    if has_references(html) {
        return None;
    }
    let mut page = Page::with_room(html.len());
    let mut rest = html;
    while let Some(open) = memchr(b'<', rest.as_bytes()) {
        page.text(&rest[..open]);
        let tag = &rest[open + 1..];
        let close = memchr(b'>', tag.as_bytes())?;
        let (inner, is_end) = match &tag.as_bytes()[..close] {
            [b'/', inner @ ..] => (inner, true),
            inner => (inner, false),
        };
        let given = inner.strip_suffix(b"/").unwrap_or(inner).trim_ascii_end();
        let mut name = [0; LONGEST_NAME];
        let name = name.get_mut(..given.len())?;
        name.copy_from_slice(given);
        name.make_ascii_lowercase();
        let is_simple = name.first().is_some_and(u8::is_ascii_lowercase)
            && name.iter().all(u8::is_ascii_alphanumeric)
            && !is_special(name);
        if !is_simple {
            return None;
        }
        if is_end {
            page.end(name);
        } else {
            page.start(name, false);
        }
        rest = &tag[close + 1..];
    }
    page.text(rest);
    Some(page)
}

/// Whether a page may hold a character reference, or a character that a browser reads as another one. An `&` that is
/// followed by neither a letter nor `#` is a plain character.
fn has_references(html: &str) -> bool {
    let bytes = html.as_bytes();
    memchr3_iter(b'&', b'\r', 0, bytes).any(|at| {
        let next = bytes.get(at + 1);
        bytes[at] != b'&' || next.is_some_and(|next| next.is_ascii_alphabetic() || *next == b'#')
    })
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

#[cfg(test)]
mod tests {
    use super::super::tokenize;
    use super::read;

    #[test]
    fn a_simple_page_is_read_as_the_tokenizer_reads_it() {
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
        let mut simple = 0;
        // Every text of three units.
        for n in 0..units.len().pow(3) {
            let page = [n, n / units.len(), n / units.len().pow(2)]
                .map(|at| units[at % units.len()])
                .concat();
            if let Some(read) = read(&page) {
                simple += 1;
                assert_eq!(read.finish(), tokenize(&page).finish(), "{page:?}");
            }
        }
        assert!(simple > 2_000, "{simple}");
    }
}
