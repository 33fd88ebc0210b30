//! A page as a browser reads it: elements, figures and text.

use html5gum::{DefaultEmitter, Token, Tokenizer};
use serde_json::Value;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The names of the elements, in order.
    pub(super) elements: Vec<String>,
    /// The attributes: element, name and value.
    pub(super) attributes: Vec<[String; 3]>,
    /// The figures.
    pub(super) figures: Vec<Figure>,
    /// The text outside scripts and styles, with single spaces.
    pub(super) text: String,
    /// The text of styles.
    pub(super) style: String,
    /// The text of the script with the JSON.
    script: String,
}

/// A figure: the pointer to it in the JSON, its value, and the text that people read.
#[derive(Debug, Default)]
pub(super) struct Figure {
    pub(super) pointer: String,
    value: String,
    text: String,
}

impl Page {
    pub(super) fn parse(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut page = Self::default();
        let mut inside = Vec::new();
        for token in Tokenizer::new_with_emitter(html, emitter) {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            match token.unwrap() {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    let attributes: Vec<(String, String)> = tag
                        .attributes
                        .iter()
                        .map(|(name, value)| (text(name), text(&value.value)))
                        .collect();
                    let get = |name: &str| {
                        let found = attributes.iter().find(|(key, _)| key == name);
                        found.map(|(_, value)| value.clone()).unwrap_or_default()
                    };
                    if name == "data" {
                        page.figures.push(Figure {
                            pointer: get("data-json"),
                            value: get("value"),
                            text: String::new(),
                        });
                    }
                    for (key, value) in &attributes {
                        page.attributes
                            .push([name.clone(), key.clone(), value.clone()]);
                    }
                    page.elements.push(name.clone());
                    inside.push(name);
                }
                Token::EndTag(tag) => {
                    let name = text(&tag.name);
                    if let Some(at) = inside.iter().rposition(|open| *open == name) {
                        inside.truncate(at);
                    }
                }
                Token::String(string) => page.add_text(&inside, &text(&string.value)),
                Token::Error(error) => panic!("{:?}", error.value),
                Token::Comment(_) | Token::Doctype(_) => {}
            }
        }
        page.text = page.text.split_whitespace().collect::<Vec<_>>().join(" ");
        page
    }

    fn add_text(&mut self, inside: &[String], text: &str) {
        match inside.last().map(String::as_str) {
            Some("script") => self.script.push_str(text),
            Some("style") => self.style.push_str(text),
            Some("data") => {
                self.figures.last_mut().unwrap().text.push_str(text);
                self.text.push_str(text);
            }
            Some("strong" | "code" | "q" | "small") => self.text.push_str(text),
            _ => {
                self.text.push(' ');
                self.text.push_str(text);
            }
        }
    }

    /// The JSON that the page contains.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.script).unwrap()
    }

    /// Asserts that each figure that people read is the figure of the JSON, and that the page has these figures.
    pub(super) fn assert_figures(&self, json: &Value, pointers: &[&str]) {
        for figure in &self.figures {
            let number = json.pointer(&figure.pointer).and_then(Value::as_f64);
            let number = number.unwrap_or_else(|| panic!("the JSON has no {}", figure.pointer));
            let value: f64 = figure.value.parse().unwrap();
            assert!((value - number).abs() < 1e-9, "{figure:?} is {number}");
            let (shown, tolerance) = shown(&figure.text);
            assert!(
                (shown - number).abs() <= tolerance,
                "{figure:?} shows {shown}, and is {number}"
            );
        }
        for pointer in pointers {
            let found = self.figures.iter().any(|figure| figure.pointer == *pointer);
            assert!(found, "the page does not show {pointer}");
        }
    }

    /// Asserts that the page loads nothing, and that nothing in it is executed.
    pub(super) fn assert_self_contained(&self) {
        let loading = [
            "link", "img", "iframe", "object", "embed", "base", "audio", "video", "a",
        ];
        for name in &self.elements {
            assert!(!loading.contains(&name.as_str()), "<{name}>");
        }
        for [element, name, value] in &self.attributes {
            let loads = ["src", "href", "xlink:href", "srcset", "action", "data"];
            assert!(!loads.contains(&name.as_str()), "{element} {name}={value}");
            assert!(!name.starts_with("on"), "{element} {name}={value}");
        }
        assert!(!self.style.contains("@import") && !self.style.contains("url("));
        let scripts = self.elements.iter().filter(|name| *name == "script");
        assert_eq!(scripts.count(), 1, "the only script is the JSON");
        let kind = ["script", "type", "application/json"].map(str::to_owned);
        assert!(self.attributes.contains(&kind));
    }
}

/// The number of a text such as `1,234.5 min` in the unit of the JSON, and half of its last digit.
fn shown(text: &str) -> (f64, f64) {
    let number: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    let unit = match text.rsplit(' ').next() {
        Some("min") => 60.0,
        Some("h") => 3_600.0,
        Some("days") => 86_400.0,
        _ => 1.0,
    };
    let decimals = number.split_once('.').map_or(0, |(_, rest)| rest.len());
    let half = 0.500_001 * 0.1_f64.powi(i32::try_from(decimals).unwrap());
    let value: f64 = number.parse().unwrap();
    // `< 0.1 %` and `> 99.9 %`.
    let tolerance = if text.starts_with(['<', '>']) {
        0.1
    } else {
        half
    };
    (value * unit, tolerance * unit)
}
