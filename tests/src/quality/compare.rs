//! Compares a value of the pipeline with a label.

use serde_json::Value;

/// How the values of a field are compared. An empty text, an empty list and NULL are equal.
#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    /// Letter by letter.
    Text,
    /// As a title: spaces around `/`, `,`, `+` and `&` are not compared.
    Title,
    /// Numbers, which may differ by [`TOLERANCE`].
    Number,
    /// Lists, in order.
    List,
    /// Lists, in any order.
    Set,
    /// The warnings that begin with this word.
    Warnings(&'static str),
}

/// Bounds that are converted to a month are rounded in the labels.
const TOLERANCE: f64 = 0.001;

impl Comparison {
    /// Whether two values are equal.
    pub(super) fn same(self, got: &Value, wanted: &Value) -> bool {
        match self {
            Self::Text => text(got) == text(wanted),
            Self::Title => tight(text(got)) == tight(text(wanted)),
            Self::Number => match (got.as_f64(), wanted.as_f64()) {
                (Some(got), Some(wanted)) => (got - wanted).abs() < TOLERANCE,
                (got, wanted) => got.is_none() && wanted.is_none(),
            },
            Self::List => list(got) == list(wanted),
            Self::Set => sorted(list(got)) == sorted(list(wanted)),
            Self::Warnings(field) => {
                let of_field = |value| {
                    let mut words = sorted(list(value));
                    words.retain(|word| word.starts_with(field));
                    words
                };
                of_field(got) == of_field(wanted)
            }
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The texts of a list. A text is a list of one.
fn list(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::String(one) => vec![one],
        _ => Vec::new(),
    }
}

fn sorted(mut items: Vec<&str>) -> Vec<&str> {
    items.sort_unstable();
    items
}

fn tight(text: &str) -> String {
    ["/", ",", "+", "&"]
        .iter()
        .fold(text.to_owned(), |text, sign| {
            text.split(sign)
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(sign)
        })
}
