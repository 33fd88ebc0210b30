//! Errors of figment, which reads the settings, as errors of this program.

use std::path::Path;

use figment::Error;
use figment::error::{Actual, Kind as FigmentKind};
use serde_json::Value as Json;

use super::limits::allowed;
use super::{ENVIRONMENT, name_of, position};
use crate::{EtlError, codes, spelling};

/// Converts an error of figment about the settings below `prefix`, which have this schema. Adds the line of the file.
pub(crate) fn explain(
    error: &Error,
    prefix: &str,
    schema: &Json,
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
            let nearest = spelling::nearest(field, expected.iter().copied());
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
                FigmentKind::UnknownVariant(found, _) => {
                    format!("{key} = \"{found}\" is not allowed")
                }
                other if key.is_empty() => other.to_string(),
                other => format!("{key}: {other}"),
            };
            let place = if in_env {
                format!(", set by {}", name_of(&key))
            } else {
                String::new()
            };
            let invalid = EtlError::new(codes::SETTINGS_INVALID, format!("{what}{place}"));
            match allowed(schema, &error.path) {
                Some(allowed) => (key, invalid.help(format!("allowed: {allowed}"))),
                None => (key, invalid),
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
pub(crate) fn show_value(actual: &Actual) -> String {
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
