//! `BeautifulSoup(html, 'html.parser').get_text(separator='\n')`, without Python.
//!
//! Follows `html.parser` of Python 3.11 with `convert_charrefs=False` and the tree builder of Beautiful Soup 4 as far as
//! the text depends on it: which nodes are text, where a text node ends, and how malformed markup is read. No tree is
//! built; a stack of the open names is enough. Every failed search is remembered, so that a page of a million `<!--` takes
//! one scan.

mod attribute;
mod finder;
mod tree;

use self::attribute::{End, attribute, skip_space};
use self::finder::Finder;
use self::tree::Tree;
use super::chars::is_space;
use super::entity;

/// The text of a page, one line break between text nodes.
pub(super) fn get_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    let mut parser = Parser::new(html);
    parser.run();
    parser.tree.end_node();
    parser.tree.out
}

struct Parser<'a> {
    html: &'a str,
    finder: Finder<'a>,
    tree: Tree,
    /// True when the old parser would be in its second and last pass (`close`), which follows the first one (`feed`).
    closing: bool,
}

impl<'a> Parser<'a> {
    fn new(html: &'a str) -> Self {
        let finder = Finder::new(html);
        Self {
            html,
            finder,
            tree: Tree::default(),
            closing: false,
        }
    }

    fn run(&mut self) {
        let mut at = 0;
        while at < self.html.len() {
            let rest = &self.html[at..];
            let plain = rest.find(['<', '&']).unwrap_or(rest.len());
            self.tree.node.push_str(&rest[..plain]);
            at += plain;
            if at == self.html.len() {
                break;
            }
            at = if self.html.as_bytes()[at] == b'<' {
                self.markup(at)
            } else {
                self.reference(at)
            };
        }
    }

    fn markup(&mut self, at: usize) -> usize {
        let rest = &self.html[at..];
        let end = if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.start_tag(at)
        } else if rest.starts_with("</") {
            self.end_tag(at)
        } else if rest.starts_with("<!--") {
            let end = self
                .finder
                .find_close("--", None, at + 4)
                .map(|(_, end)| end);
            self.boundary(end)
        } else if rest.starts_with("<![") {
            self.marked_section(at)
        } else if rest.starts_with("<?") || rest.starts_with("<!") {
            let end = self.finder.find(">", at + 2).map(|end| end + 1);
            self.boundary(end)
        } else {
            self.tree.node.push('<');
            Some(at + 1)
        };
        end.unwrap_or_else(|| {
            self.closing = true;
            // Unfinished markup is text up to the next `>`, or else up to the next `<`.
            let stop = match self.finder.find(">", at + 1) {
                Some(end) => end + 1,
                None => self.finder.find("<", at + 1).unwrap_or(at + 1),
            };
            self.tree.node.push_str(&self.html[at..stop]);
            stop
        })
    }

    /// Comments, declarations and instructions are nodes of their own: they end a text node and show nothing.
    fn boundary(&mut self, end: End) -> End {
        if end.is_some() {
            self.tree.end_node();
        }
        end
    }

    fn marked_section(&mut self, at: usize) -> End {
        let name_end = self.html[at + 3..]
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'))
            .map(|offset| at + 3 + offset)?;
        let name = self.html[at + 3..name_end].to_ascii_lowercase();
        let (start, end) = match name.as_str() {
            "if" | "else" | "endif" => self.finder.find_close("]", None, at + 3)?,
            _ => self.finder.find_close("]", Some(']'), at + 3)?,
        };
        self.tree.end_node();
        let data = &self.html[at + 3..start];
        if data
            .get(..6)
            .is_some_and(|head| head.eq_ignore_ascii_case("CDATA["))
            && data.len() > 6
        {
            self.tree.emit(&data[6..]);
        }
        Some(end)
    }

    fn start_tag(&mut self, at: usize) -> End {
        // No `>` is left, so no tag can be complete. Without this check, each of a million `<a` would be read to the end.
        self.finder.find(">", at)?;
        let bytes = self.html.as_bytes();
        let mut here = at + 1;
        while here < bytes.len()
            && !matches!(
                bytes[here],
                b'\t' | b'\n' | b'\r' | 0x0c | b' ' | b'/' | b'>' | 0
            )
        {
            here += 1;
        }
        let name = self.html[at + 1..here].to_lowercase();
        let self_closing;
        loop {
            here = skip_space(bytes, here);
            match *bytes.get(here)? {
                b'>' => {
                    self_closing = false;
                    here += 1;
                    break;
                }
                b'/' if bytes.get(here + 1) == Some(&b'>') => {
                    self_closing = true;
                    here += 2;
                    break;
                }
                b'/' => here += 1,
                _ => here = attribute(self.html, &mut self.finder, here)?,
            }
        }
        self.tree.start(&name, self_closing);
        if !self_closing && (name == "script" || name == "style") {
            return Some(self.raw_text(&name, here));
        }
        Some(here)
    }

    /// Reads the text of a script or a style up to its end tag. Without an end tag, the rest of the page is lost.
    fn raw_text(&mut self, name: &str, from: usize) -> usize {
        let mut at = from;
        while let Some(start) = self.finder.find("</", at) {
            let rest = self.html[start + 2..].trim_start_matches(is_space);
            if rest
                .get(..name.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(name))
            {
                let after = rest[name.len()..].trim_start_matches(is_space);
                if after.starts_with('>') {
                    self.tree.node.push_str(&self.html[from..start]);
                    self.tree.end(name);
                    return self.html.len() - after.len() + 1;
                }
            }
            at = start + 2;
        }
        self.html.len()
    }

    fn end_tag(&mut self, at: usize) -> End {
        let close = self.finder.find(">", at + 1)?;
        let inside = &self.html[at + 2..close];
        let name = inside.trim_start_matches(is_space);
        if inside.is_empty() {
            return Some(close + 1);
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.boundary(Some(close + 1));
        }
        let strict = name.trim_end_matches(is_space);
        let well_formed = strict
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_'));
        if !well_formed && name.len() != inside.len() {
            return self.boundary(Some(close + 1));
        }
        let length = strict
            .find(['\t', '\n', '\r', '\u{c}', ' ', '/', '\0'])
            .unwrap_or(strict.len());
        self.tree.end(&strict[..length].to_lowercase());
        Some(close + 1)
    }

    /// A character reference, or the `&` as text.
    fn reference(&mut self, at: usize) -> usize {
        let bytes = self.html.as_bytes();
        let (start, radix) = match (bytes.get(at + 1), bytes.get(at + 2)) {
            (Some(b'#'), Some(b'x' | b'X')) => (at + 3, 16),
            (Some(b'#'), _) => (at + 2, 10),
            _ => return self.named_reference(at),
        };
        let mut end = start;
        while bytes
            .get(end)
            .is_some_and(|b| char::from(*b).is_digit(radix))
        {
            end += 1;
        }
        // The old pattern requires a character after the digits that is not a hexadecimal digit.
        let terminated = bytes.get(end).is_some_and(|b| !b.is_ascii_hexdigit());
        if end == start || !terminated {
            return self.bail(at);
        }
        self.tree
            .node
            .push(entity::numeric(&self.html[start..end], radix));
        if bytes[end] == b';' { end + 1 } else { end }
    }

    /// Does what `html.parser` does with a `&#` that is not a reference. The first time, the two characters are text, and it
    /// starts again. After that, or if no `;` follows, it gives up: the rest of the page is text, tags included.
    fn bail(&mut self, at: usize) -> usize {
        let first = !std::mem::replace(&mut self.closing, true);
        let stop = if first && self.finder.find(";", at).is_some() {
            at + 2
        } else {
            self.html.len()
        };
        self.tree.node.push_str(&self.html[at..stop]);
        stop
    }

    fn named_reference(&mut self, at: usize) -> usize {
        let bytes = self.html.as_bytes();
        if !bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            self.tree.node.push('&');
            return at + 1;
        }
        let mut end = at + 2;
        while bytes
            .get(end)
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
        {
            end += 1;
        }
        if end == bytes.len() {
            // A character that is not of the name must follow it, so a `-` or `.` at the end of the page is not part of it.
            let Some(back) = bytes[at + 2..]
                .iter()
                .rposition(|b| matches!(b, b'-' | b'.'))
            else {
                // One letter at the very end loses its `&`: a defect of the old parser.
                let from = if end == at + 2 { at + 1 } else { at };
                self.tree.node.push_str(&self.html[from..]);
                return end;
            };
            end = at + 2 + back;
        }
        let name = &self.html[at + 1..end];
        match entity::named(name) {
            Some(text) => self.tree.node.push_str(&text),
            None => {
                self.tree.node.push('&');
                self.tree.node.push_str(name);
            }
        }
        if bytes[end] == b';' { end + 1 } else { end }
    }
}
