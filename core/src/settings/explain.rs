//! Errors of figment, in the style of this program.

use std::path::Path;

use figment::Error;
use figment::error::{Actual, Kind as FigmentKind};

use super::env::{ENVIRONMENT, name_of};
use super::{allowed, position};
use crate::{EtlError, codes, registry};

/// Converts an error of figment, and adds the line of the file.
pub(super) fn explain(
    error: &Error,
    prefix: &str,
    file: Option<&Path>,
    text: Option<&str>,
) -> EtlError {
    let mut path: Vec<String> = prefix
        .split('.')
        .filter(|part| !part.is_empty())
        .map(String::from)
        .collect();
    path.extend(error.path.iter().cloned());
    let in_env = error
        .metadata
        .as_ref()
        .is_some_and(|metadata| metadata.name == ENVIRONMENT);
    let (key, error) = match &error.kind {
        FigmentKind::UnknownField(field, expected) => {
            if path.last() != Some(field) {
                path.push(field.clone());
            }
            let key = path.join(".");
            let nearest = registry::nearest(field, expected.iter().copied());
            let help = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("settings here: {}", expected.join(", ")),
            };
            let error = EtlError::new(
                codes::SETTINGS_UNKNOWN_KEY,
                format!("there is no setting `{key}`"),
            );
            (key, error.help(help))
        }
        other => {
            let key = path.join(".");
            let what = match other {
                FigmentKind::InvalidType(actual, expected)
                | FigmentKind::InvalidValue(actual, expected) => {
                    format!(
                        "{key} = {} is not allowed: it must be {}",
                        show_value(actual),
                        expected_type(expected)
                    )
                }
                other if key.is_empty() => other.to_string(),
                other => format!("{key}: {other}"),
            };
            let place = if in_env {
                format!(", set by {}", name_of(&key))
            } else {
                String::new()
            };
            let error = EtlError::new(codes::SETTINGS_INVALID, format!("{what}{place}"));
            match allowed(&key) {
                Some(allowed) => (key, error.help(format!("allowed: {allowed}"))),
                None => (key, error),
            }
        }
    };
    if in_env {
        error
    } else {
        position::mark(error, file, text, &key)
    }
}

/// A value as TOML writes it.
pub(super) fn show_value(actual: &Actual) -> String {
    match actual {
        Actual::Str(text) => format!("\"{text}\""),
        Actual::Unsigned(number) => number.to_string(),
        Actual::Signed(number) => number.to_string(),
        Actual::Float(number) => number.to_string(),
        Actual::Bool(value) => value.to_string(),
        other => other.to_string(),
    }
}

fn expected_type(expected: &str) -> String {
    match expected {
        "u32" | "u64" | "a u32" | "a u64" => "a whole number".to_owned(),
        "f64" => "a number".to_owned(),
        other => other.to_owned(),
    }
}
