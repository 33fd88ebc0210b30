//! A drawing: boxes, lines, texts. As much of SVG as GitHub and mdBook show of a file, on a ground of its own, so that
//! it can be read on a dark page as well.

use std::fmt::Write;

/// Width of a letter of the fixed font, as a share of its size; no common one is wider.
const FIXED: f64 = 0.61;

/// Width of a letter of the other font, on the average.
const PLAIN: f64 = 0.55;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    /// Names from the code.
    Fixed,
    /// Names that a box is known by.
    Bold,
    /// Explanations.
    Plain,
}

impl Font {
    const fn size(self) -> u32 {
        match self {
            Self::Fixed | Self::Plain => 11,
            Self::Bold => 13,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Fixed => "f",
            Self::Bold => "b",
            Self::Plain => "p",
        }
    }

    /// Room that a text takes.
    pub(super) fn width(self, text: &str) -> u32 {
        let letter = match self {
            Self::Fixed | Self::Bold => FIXED,
            Self::Plain => PLAIN,
        };
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        // Some hundred letters of some ten pixels.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let width = (f64::from(letters) * letter * f64::from(self.size())).ceil() as u32;
        width
    }

    /// A text in lines of at most that width.
    pub(super) fn wrap(self, text: &str, width: u32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(line) + self.width(word) + 8 <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }
}

/// Height of a line of text.
pub(super) const LINE: u32 = 16;

/// A place that something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A drawing that grows downwards.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    body: String,
    texts: Vec<Area>,
}

impl Drawing {
    /// A box, in a colour.
    pub(super) fn boxed(&mut self, area: Area, fill: &str) {
        self.rect(area, &format!("fill=\"{fill}\" stroke=\"#57606a\""));
    }

    /// A frame of dashes around others.
    pub(super) fn frame(&mut self, area: Area) {
        self.rect(
            area,
            "fill=\"none\" stroke=\"#57606a\" stroke-dasharray=\"5 4\"",
        );
    }

    fn rect(&mut self, area: Area, style: &str) {
        let Area {
            x,
            y,
            width,
            height,
        } = area;
        let _ = writeln!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\" {style}/>"
        );
    }

    /// A text whose line begins there; `y` is its upper edge.
    pub(super) fn text(&mut self, font: Font, x: u32, y: u32, text: &str) {
        let escaped = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let _ = writeln!(
            self.body,
            "<text class=\"{}\" x=\"{x}\" y=\"{}\">{escaped}</text>",
            font.class(),
            y + 12
        );
        self.texts.push(Area {
            x,
            y,
            width: font.width(text),
            height: LINE,
        });
    }

    /// Lines of text below one another.
    pub(super) fn lines(&mut self, font: Font, x: u32, y: u32, lines: &[String]) {
        for (y, line) in (y..).step_by(LINE as usize).zip(lines) {
            self.text(font, x, y, line);
        }
    }

    /// A line, or several that follow one another, with a head at its end.
    pub(super) fn arrow(&mut self, points: &[(u32, u32)], colour: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(
            self.body,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\" marker-end=\"url(#head)\"/>",
            points.join(" ")
        );
    }

    /// The whole file.
    pub(super) fn file(&self, width: u32, height: u32, title: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
             <title>{title}</title>\n\
             <!-- made by cargo xtask docs -->\n\
             <style>\n\
             text {{ fill: #1f2328; font-size: {plain}px }}\n\
             .f {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace }}\n\
             .b {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: {bold}px; font-weight: bold }}\n\
             .p {{ font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif }}\n\
             </style>\n\
             <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
             <path d=\"M0,0 L8,4 L0,8 z\" fill=\"#57606a\"/></marker></defs>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             {body}</svg>\n",
            plain = Font::Plain.size(),
            bold = Font::Bold.size(),
            body = self.body
        )
    }

    /// Texts that stand on one another, or leave the drawing.
    #[cfg(test)]
    pub(super) fn unreadable(&self, width: u32) -> Vec<Area> {
        let meet = |a: &Area, b: &Area| {
            a.x < b.x + b.width
                && b.x < a.x + a.width
                && a.y < b.y + b.height
                && b.y < a.y + a.height
        };
        let bad = self.texts.iter().enumerate().filter(|(index, text)| {
            text.x + text.width > width
                || self.texts[index + 1..]
                    .iter()
                    .any(|other| meet(text, other))
        });
        bad.map(|(_, text)| *text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_words() {
        assert_eq!(Font::Plain.wrap("one two three", 60), ["one two", "three"]);
        assert_eq!(Font::Plain.wrap("unbreakable", 10), ["unbreakable"]);
    }

    #[test]
    fn texts_on_one_another_are_found() {
        let mut drawing = Drawing::default();
        drawing.text(Font::Fixed, 0, 0, "a & b");
        drawing.text(Font::Fixed, 0, LINE, "below");
        assert_eq!(drawing.unreadable(100), []);
        drawing.text(Font::Fixed, 10, LINE + 4, "on it");
        assert_eq!(drawing.unreadable(100).len(), 1);
        let file = drawing.file(9, 9, "x");
        assert!(file.contains("a &amp; b"));
        // XML has no two hyphens within a comment: the whole picture would not be shown.
        let comment = file
            .split("<!--")
            .nth(1)
            .and_then(|rest| rest.split("-->").next());
        assert!(!comment.unwrap().contains("--"), "{file}");
    }
}
