//! `jobinsight schemas`: the JSON schemas of all outputs. `cargo xtask docs --write` writes them to `docs/schemas`.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::config::SettingList;
use super::contract::{CheckedContracts, ShownContract};
use super::db::{Destroyed, Started, Stopped, Url};
use super::distribute::DistributionOutput;
use super::doctor::Diagnosis;
use super::dry_run::{DryRun, FillDryRun};
use super::explain::{CodeList, CodeText};
use super::explain_row::Told;
use super::import::ImportOutput;
use super::import_rejects::{ImportRejectList, PurgedRejects};
use super::metrics::MetricList;
use super::notify::NotifyTest;
use super::partition::ConversionOutput;
use super::phases::PhaseList;
use super::rejects::{RejectList, RejectedRow, ReplayedRows};
use super::rules::{RuleTableList, RuleTableText};
use super::runs::{RunDetails, RunList};
use super::status::{StatusBeforeRuns, StatusOutput};
use super::wait::Waited;
use crate::cli::io;
use crate::cli::json_log::LogLine;
use crate::report::results::{RunResults, SCHEMA_VERSION};
use crate::report::{ErrorOutput, Output};
use crate::report_page::RunReport;

/// The schema of one form of an output.
type Form = fn(&mut SchemaGenerator) -> Value;

/// The file of a schema, the commands whose output it describes, and the forms of the output.
struct SchemaFile {
    name: &'static str,
    commands: &'static [&'static str],
    forms: &'static [Form],
}

/// Lists the files of schemas, and implements [`Output`] for the types in them.
macro_rules! outputs {
    ($($name:literal, $commands:expr => $($form:ty),+;)+) => {
        $($(impl Output for $form {})+)+
        const FILES: &[SchemaFile] = &[
            $(SchemaFile { name: $name, commands: &$commands, forms: &[$(form::<$form>),+] },)+
        ];
    };
}

outputs! {
    "config-show", ["config show"] => SettingList;
    "contract-check", ["contract check"] => CheckedContracts;
    "contract-show", ["contract show"] => ShownContract;
    "db-destroy", ["db destroy"] => Destroyed;
    "db-start", ["db start"] => Started;
    "db-stop", ["db stop"] => Stopped;
    "db-url", ["db url"] => Url;
    "distribute", ["distribute"] => DistributionOutput;
    "doctor", ["doctor"] => Diagnosis;
    "explain", ["explain"] => CodeList, CodeText;
    "explain-row", ["explain-row"] => Told;
    "import", ["import"] => ImportOutput;
    "metrics", ["metrics"] => MetricList;
    "notify-test", ["notify test"] => NotifyTest;
    "partition", ["partition"] => ConversionOutput;
    "phases", ["phases"] => PhaseList;
    "rejects-imports-list", ["rejects imports list"] => ImportRejectList;
    "rejects-imports-purge", ["rejects imports purge"] => PurgedRejects;
    "rejects-list", ["rejects list"] => RejectList;
    "rejects-replay", ["rejects replay"] => ReplayedRows;
    "rejects-show", ["rejects show"] => RejectedRow;
    "report", ["report"] => RunReport;
    "rules-list", ["rules list"] => RuleTableList;
    "rules-show", ["rules show"] => RuleTableText;
    "run", ["run", "retry", "demo"] => RunResults, DryRun, FillDryRun;
    "runs-list", ["runs list"] => RunList;
    "runs-show", ["runs show"] => RunDetails;
    "status", ["status"] => StatusOutput, StatusBeforeRuns;
    "wait", ["wait"] => Waited;
}

impl Output for ErrorOutput {}

pub(super) fn schemas() -> u8 {
    io::print(&format!("{:#}\n", Value::Object(all())));
    0
}

/// All schemas, by the name of the file.
fn all() -> Map<String, Value> {
    let files = FILES
        .iter()
        .map(|file| (file.name.to_owned(), file.schema()));
    let log = ("log-line".to_owned(), log_line());
    files.chain([log]).collect()
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
}

/// The schema of an output, with the version that [`io::print_json`] adds.
fn form<T: Output>(generator: &mut SchemaGenerator) -> Value {
    let mut schema = T::json_schema(generator).to_value();
    schema["properties"]["schema_version"] = json!({
        "const": SCHEMA_VERSION,
        "description": "The version of this format. It increases when a field is removed, or when its type or meaning changes."
    });
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|name| name != "schema_version");
        required.push("schema_version".into());
    }
    schema
}

impl SchemaFile {
    fn schema(&self) -> Value {
        let mut generator = generator();
        let forms = self
            .forms
            .iter()
            .copied()
            .chain([form::<ErrorOutput> as Form]);
        let forms: Vec<Value> = forms.map(|form| form(&mut generator)).collect();
        let commands: Vec<String> = self
            .commands
            .iter()
            .map(|command| format!("`jobinsight {command} --format json`"))
            .collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": format!("The output of {}", commands.join(", ")),
            "x-commands": self.commands,
            "anyOf": forms,
            "$defs": generator.take_definitions(true),
        })
    }
}

/// The schema of a line of the log with `log_format = "json"`.
fn log_line() -> Value {
    generator().into_root_schema_for::<LogLine>().to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls `check` for each property of a schema, with its path.
    fn each_property(path: &str, schema: &Value, check: &mut dyn FnMut(&str, &str, &Value)) {
        match schema {
            Value::Object(keys) => {
                for (name, property) in keys
                    .get("properties")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                {
                    check(path, name, property);
                }
                for (key, value) in keys {
                    each_property(&format!("{path}/{key}"), value, check);
                }
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| each_property(path, item, check)),
            _ => {}
        }
    }

    #[test]
    fn every_field_has_a_description_and_every_time_a_format() {
        let mut wrong = Vec::new();
        each_property("", &Value::Object(all()), &mut |path, name, property| {
            if property["description"].as_str().is_none_or(str::is_empty) {
                wrong.push(format!("{path}: {name} has no description"));
            }
            let is_time = name.ends_with("_at")
                || ["as_of", "at", "timestamp", "newest_crawl"].contains(&name);
            if is_time && property["format"] != "date-time" {
                wrong.push(format!("{path}: {name} is not a date-time"));
            }
        });
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn no_description_has_a_link_of_rustdoc() {
        let text = Value::Object(all()).to_string();
        let link = text
            .split_once("[`")
            .map(|(_, link)| &link[..link.len().min(80)]);
        assert_eq!(link, None);
    }
}
