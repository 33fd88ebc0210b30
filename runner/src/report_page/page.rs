//! The HTML page. Every figure on it comes from the JSON that it contains: the templates name a figure by its JSON pointer.

use jobinsight_core::plural::plural;
use jobinsight_core::{EtlError, Result};
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, ErrorKind, HtmlEscape, UndefinedBehavior, context};

use super::drawing::Drawing;
use super::figures::with_unit;
use super::report::RunReport;
use crate::report::results::SCHEMA_VERSION;

/// The templates by their names. A name that ends in `.html` turns on escaping.
macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("templates/", $name)))),+]
    };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "page.html",
    "style.css",
    "macros.html",
    "verdict.html",
    "flow.html",
    "time.html",
    "history.html",
    "quality.html",
    "rejected.html",
    "examples.html",
    "settings.html",
];

/// The page.
///
/// # Errors
/// A bug in a template.
pub(crate) fn html(report: &RunReport) -> Result<String> {
    render(report).map_err(|error| EtlError::bug(format!("the report page: {error:#}")))
}

fn render(report: &RunReport) -> std::result::Result<String, Error> {
    let bug = |error: serde_json::Error| Error::new(ErrorKind::BadSerialization, error.to_string());
    let mut json = serde_json::to_value(report).map_err(bug)?;
    json["schema_version"] = SCHEMA_VERSION.into();
    // `</` would end the script, and `<!--` would hide its end.
    let text = json.to_string().replace('<', "\\u003c");
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    environment.add_filter("moment", moment);
    environment.add_filter("token", token);
    environment.add_filter("value", setting);
    environment.add_filter("unit", with_unit);
    let figures = json.clone();
    environment.add_function("figure", move |pointer: &str, unit: &str| {
        figure(&figures, pointer, unit)
    });
    let figures = json.clone();
    environment.add_function("counted", move |pointer: &str, noun: &str| {
        counted(&figures, pointer, noun)
    });
    environment.get_template("page.html")?.render(context! {
        report => Value::from(Serde(&json)),
        drawing => Value::from(Serde(&Drawing::of(report))),
        json => Value::from_safe_string(text),
    })
}

/// A figure of the JSON, with the pointer to it.
fn figure(
    json: &serde_json::Value,
    pointer: &str,
    unit: &str,
) -> std::result::Result<Value, Error> {
    let found = json.pointer(pointer).ok_or_else(|| {
        Error::new(
            ErrorKind::UndefinedError,
            format!("the report has no figure {pointer}"),
        )
    })?;
    let Some(number) = found.as_f64() else {
        return Ok(Value::from_safe_string("–".to_owned()));
    };
    Ok(Value::from_safe_string(format!(
        "<data value=\"{found}\" data-json=\"{}\">{}</data>",
        HtmlEscape(pointer),
        HtmlEscape(&with_unit(number, unit))
    )))
}

/// A number of the JSON with its noun, in the singular or in the plural.
fn counted(
    json: &serde_json::Value,
    pointer: &str,
    noun: &str,
) -> std::result::Result<Value, Error> {
    let number = figure(json, pointer, "")?;
    let noun = match json.pointer(pointer).and_then(serde_json::Value::as_u64) {
        Some(1) => noun.to_owned(),
        _ => plural(noun),
    };
    Ok(Value::from_safe_string(format!(
        "{number} {}",
        HtmlEscape(&noun)
    )))
}

/// A key of a JSON object as a part of a pointer.
fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A time in RFC 3339 as people read it, to the second.
fn moment(time: &str) -> String {
    let time: jiff::Timestamp = match time.parse() {
        Ok(time) => time,
        Err(_) => return time.to_owned(),
    };
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The value of a setting.
#[allow(clippy::needless_pass_by_value)] // a filter gets a value
fn setting(value: Serde<serde_json::Value>) -> String {
    crate::report::text::setting(&value)
}
