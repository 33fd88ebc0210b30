//! The allowed values of settings. The JSON schema has them (`#[schemars(range(…))]` on the field), and everything else
//! is derived from it: the check, the help of an error, the help of a flag, the table in guide 3.

use serde::Serialize;
use serde_json::Value as Json;

use super::{Settings, name_of, schema_of};
use crate::{EtlError, codes};

/// A value that is not allowed.
#[derive(Debug)]
pub(crate) struct NotAllowed {
    /// The path of the setting.
    pub(crate) key: String,
    /// The message, and the allowed values.
    pub(crate) error: EtlError,
}

/// The longest identifier of PostgreSQL, in bytes.
const IDENTIFIER_BYTES: usize = 63;

impl Settings {
    /// Checks the values that types cannot check.
    ///
    /// # Errors
    /// `jobinsight::settings::invalid`, with the allowed values.
    pub(crate) fn validate(&self) -> Result<(), NotAllowed> {
        check("", &schema_of::<Self>(), self)?;
        for (key, name) in [
            ("raw.schema", &self.raw.schema),
            ("raw.table", &self.raw.table),
            ("staging.schema", &self.staging.schema),
        ] {
            if name.is_empty() || name.len() > IDENTIFIER_BYTES || name.contains('\0') {
                let allowed = format!("an identifier of 1 to {IDENTIFIER_BYTES} bytes");
                return Err(invalid(key, &format!("{name:?}"), &allowed));
            }
        }
        if let Some(as_of) = &self.as_of {
            crate::clock::parse(as_of).map_err(|error| NotAllowed {
                key: "as_of".to_owned(),
                error,
            })?;
        }
        crate::clock::time_zone(&self.import.time_zone).map_err(|error| NotAllowed {
            key: "import.time_zone".to_owned(),
            error,
        })?;
        for (key, age) in [
            ("upstream.max_age", &self.upstream.max_age),
            ("warn.crawl_age", &self.warn.crawl_age),
        ] {
            if let Some(age) = age
                && crate::clock::parse_age(age).is_none()
            {
                let allowed = "a time of at least one minute, such as 36h, 2d or 90m";
                return Err(invalid(key, &format!("{age:?}"), allowed));
            }
        }
        Ok(())
    }
}

/// Checks the numbers in `settings` against the ranges of their schema. Keys begin with `prefix`.
///
/// # Errors
/// `jobinsight::settings::invalid`, with the allowed values.
pub(super) fn check(
    prefix: &str,
    schema: &Json,
    settings: &impl Serialize,
) -> Result<(), NotAllowed> {
    let values = serde_json::to_value(settings).unwrap_or_default();
    check_values(prefix, schema, &values)
}

fn check_values(prefix: &str, schema: &Json, values: &Json) -> Result<(), NotAllowed> {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let (key, value) = (format!("{prefix}{key}"), &values[key]);
        if value.is_object() {
            check_values(&format!("{key}."), property, value)?;
        } else if !is_in_range(property, value) {
            let found = if value.is_null() {
                "not a number".to_owned()
            } else {
                value.to_string()
            };
            let allowed = describe(property).unwrap_or_default();
            return Err(invalid(&key, &found, &allowed));
        }
    }
    Ok(())
}

fn is_in_range(property: &Json, value: &Json) -> bool {
    let (least, most) = (property["minimum"].as_f64(), property["maximum"].as_f64());
    if least.is_none() && most.is_none() {
        return true;
    }
    match value.as_f64() {
        Some(value) => {
            least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most)
        }
        // JSON has neither NaN nor infinity: they are null there.
        None => is_optional(property),
    }
}

fn is_optional(property: &Json) -> bool {
    property["type"]
        .as_array()
        .is_some_and(|types| types.iter().any(|word| word == "null"))
}

fn invalid(key: &str, found: &str, allowed: &str) -> NotAllowed {
    let message = format!("{key} = {found} is not allowed");
    let help = format!("allowed: {allowed} (environment: {})", name_of(key));
    NotAllowed {
        key: key.to_owned(),
        error: EtlError::new(codes::SETTINGS_INVALID, message).help(help),
    }
}

/// The allowed values of the setting at `path`, such as `1 to 64 lanes`, if the schema limits them.
pub(super) fn allowed(schema: &Json, path: &[String]) -> Option<String> {
    let property = path.iter().try_fold(schema, |schema, part| {
        schema["properties"].get(part.as_str())
    })?;
    describe(property)
}

fn describe(property: &Json) -> Option<String> {
    if property["type"] == "boolean" {
        return Some("true, false".to_owned());
    }
    if let Some(choices) = property["oneOf"].as_array() {
        let words: Vec<&str> = choices
            .iter()
            .filter_map(|one| one["const"].as_str())
            .collect();
        return Some(words.join(", "));
    }
    let least = property["minimum"].as_number()?;
    let mut text = match property["maximum"].as_number() {
        Some(most) => format!("{least} to {most}"),
        None => format!("{least} or more"),
    };
    if let Some(unit) = property["x-unit"].as_str() {
        text = format!("{text} {unit}");
    }
    if is_optional(property) {
        text.push_str("; or leave it out");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_outside_the_range_of_the_schema_is_refused_with_the_range() {
        let refused = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            let error = settings.validate().unwrap_err().error;
            assert_eq!(error.code(), codes::SETTINGS_INVALID);
            format!("{}; {}", error.message(), error.help_text())
        };
        assert!(Settings::default().validate().is_ok());
        assert_eq!(
            refused(|settings| settings.max_workers = 65),
            "max_workers = 65 is not allowed; allowed: 1 to 64 lanes (environment: ETL_MAX_WORKERS)"
        );
        assert_eq!(
            refused(|settings| settings.batch_size = Some(0)),
            "batch_size = 0 is not allowed; allowed: 1 or more rows; or leave it out (environment: ETL_BATCH_SIZE)"
        );
        assert_eq!(
            refused(|settings| settings.integrity_threshold = f64::NAN),
            "integrity_threshold = not a number is not allowed; allowed: 0.0 to 1.0 (environment: ETL_INTEGRITY_THRESHOLD)"
        );
        assert_eq!(
            refused(|settings| settings.ledger.keep_days = 36_501),
            "ledger.keep_days = 36501 is not allowed; allowed: 0 to 36500 days (environment: ETL_LEDGER__KEEP_DAYS)"
        );
    }

    #[test]
    fn the_allowed_values_of_each_kind_of_setting_are_described() {
        let schema = schema_of::<Settings>();
        let allowed = |key: &str| {
            let path: Vec<String> = key.split('.').map(str::to_owned).collect();
            super::allowed(&schema, &path)
        };
        assert_eq!(allowed("rules").as_deref(), Some("standard, v1"));
        assert_eq!(allowed("only_unprocessed").as_deref(), Some("true, false"));
        assert_eq!(allowed("timeout").as_deref(), Some("1 or more seconds"));
        assert_eq!(
            allowed("ledger.keep_days").as_deref(),
            Some("0 to 36500 days")
        );
        assert_eq!(allowed("raw.table"), None);
        assert_eq!(allowed("no_such"), None);
    }
}
