//! `jobinsight phases`: the linked phases and their settings.

use std::collections::BTreeMap;
use std::fmt::Write;

use jobinsight_core::{PhaseSpec, Resource, Result, RoleKind, advice, registry};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::pipeline;
use crate::report::text;

/// The linked phases, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct PhaseList {
    /// The phases of `pipeline` in their order, then the other phases by name.
    phases: Vec<LinkedPhase>,
}

/// A linked phase, as JSON.
#[derive(Serialize, JsonSchema)]
struct LinkedPhase {
    /// The name.
    name: &'static str,
    /// `run` for a phase that works once per run, `batch` for a phase that works in lanes.
    scope: &'static str,
    /// The role.
    role: RoleKind,
    /// The phase in one sentence.
    about: &'static str,
    /// The place in `pipeline`, from 1; null if it is not there.
    place: Option<usize>,
    /// The resources that it needs. A column of the batch has the prefix `batch.`.
    #[schemars(with = "Vec<String>")]
    needs: &'static [Resource],
    /// The resources that it produces.
    #[schemars(with = "Vec<String>")]
    gives: &'static [Resource],
    /// The columns of the batch that it drops.
    #[schemars(with = "Vec<String>")]
    drops: &'static [Resource],
    /// The Arrow type of each batch column that it produces, by resource.
    types: BTreeMap<String, String>,
    /// The default of each setting, by name.
    settings: Value,
}

pub(crate) fn phases(global: &Global, name: Option<&str>, with: &[String]) -> Result<u8> {
    let loaded = io::open_with(global, Vec::new(), with)?;
    let list = &loaded.settings.pipeline;
    let place = |spec: &PhaseSpec| list.iter().position(|listed| listed == spec.name);
    let mut specs = registry::all()?;
    specs.sort_by_key(|spec| (place(spec).unwrap_or(usize::MAX), spec.name));
    let shown = match name {
        Some(name) => vec![pipeline::linked(
            name,
            format!("the phase `{name}` is not linked"),
        )?],
        None => specs.clone(),
    };
    match (global.format, name) {
        (OutputFormat::Json, _) => {
            let phases = shown.iter().map(|spec| LinkedPhase::of(spec, place(spec)));
            io::print_json(&PhaseList {
                phases: phases.collect(),
            });
        }
        (OutputFormat::Text, None) => io::print_text(&table(&shown, &place)),
        (OutputFormat::Text, Some(_)) => {
            for spec in shown {
                io::print_text(&whole(spec, place(spec), &specs));
            }
        }
    }
    Ok(0)
}

impl LinkedPhase {
    fn of(spec: &PhaseSpec, place: Option<usize>) -> Self {
        let types = spec.gives.iter().filter_map(|resource| {
            let data_type = resource.data_type()?;
            Some((resource.to_string(), data_type.to_string()))
        });
        Self {
            name: spec.name,
            scope: spec.role.scope(),
            role: spec.role,
            about: spec.about,
            place: place.map(|place| place + 1),
            needs: spec.needs,
            gives: spec.gives,
            drops: spec.drops,
            types: types.collect(),
            settings: spec.defaults(),
        }
    }
}

/// All phases, one per row.
fn table(specs: &[&PhaseSpec], place: &dyn Fn(&PhaseSpec) -> Option<usize>) -> String {
    let mut table = text::table(&[
        "place",
        "phase",
        "input → output",
        "what it does, and its settings",
    ]);
    for spec in specs {
        let mut told = spec.about.to_owned();
        for (key, value) in spec.defaults().as_object().into_iter().flatten() {
            let _ = write!(told, "\n  {key} = {}", default(value));
        }
        table.add_row([
            place(spec).map_or_else(|| "-".to_owned(), |place| (place + 1).to_string()),
            spec.name.to_owned(),
            spec.role.signature().to_owned(),
            told,
        ]);
    }
    format!(
        "{table}\n\n`{}` shows what a phase needs, produces and drops, and what its settings mean.\n",
        advice::command("phases NAME")
    )
}

/// Everything that is known about one phase.
fn whole(spec: &PhaseSpec, place: Option<usize>, linked: &[&PhaseSpec]) -> String {
    let mut table = text::table(&[spec.name, spec.about]);
    let place = place.map_or_else(
        || "not in `pipeline`".to_owned(),
        |place| format!("{} in `pipeline`", place + 1),
    );
    let works = match spec.role {
        RoleKind::Once => spec.role.signature().to_owned(),
        _ => format!("for each batch: {}", spec.role.signature()),
    };
    table.add_row(["place", &place]);
    table.add_row(["works", &works]);
    let needs: Vec<String> = spec
        .needs
        .iter()
        .map(|resource| producer(*resource, linked))
        .collect();
    for (what, words) in [
        ("needs", needs.join("\n")),
        ("produces", lines(spec.gives, with_type)),
        ("drops", lines(spec.drops, Resource::to_string)),
    ] {
        if !words.is_empty() {
            table.add_row([what, &words]);
        }
    }
    let mut text = format!("{table}\n");
    let settings = settings(&spec.schema());
    if settings.is_empty() {
        text.push_str("\nThis phase has no settings.\n");
        return text;
    }
    let head = format!("setting in [phases.{}]", spec.name);
    let mut table = text::table(&[&head, "default", "meaning"]);
    for row in settings {
        table.add_row(row);
    }
    let _ = writeln!(text, "\n{table}");
    text
}

/// A resource that a phase needs, and the linked phases that produce it.
fn producer(resource: Resource, linked: &[&PhaseSpec]) -> String {
    let producers: Vec<&str> = linked
        .iter()
        .filter(|spec| spec.gives.contains(&resource))
        .map(|spec| spec.name)
        .collect();
    match producers.as_slice() {
        [] => format!("{resource} (no linked phase produces it)"),
        producers => format!("{resource} (from {})", producers.join(" or ")),
    }
}

/// Resources, one per line.
fn lines(resources: &[Resource], line: fn(&Resource) -> String) -> String {
    let lines: Vec<String> = resources.iter().map(line).collect();
    lines.join("\n")
}

/// A resource, and the type if it is a column that declares one.
fn with_type(resource: &Resource) -> String {
    match resource.data_type() {
        Some(data_type) => format!("{resource} ({data_type})"),
        None => resource.to_string(),
    }
}

/// Name, default and meaning of each setting, from the schema.
fn settings(schema: &Value) -> Vec<[String; 3]> {
    let properties = schema["properties"].as_object();
    properties
        .into_iter()
        .flatten()
        .map(|(key, setting)| {
            let value = &setting["default"];
            let unit = setting["x-unit"].as_str().filter(|_| !value.is_null());
            let unit = unit.map(|unit| format!(" {unit}"));
            let told = setting["description"].as_str().unwrap_or_default();
            [
                key.clone(),
                default(value) + &unit.unwrap_or_default(),
                told.replace('\n', " "),
            ]
        })
        .collect()
}

/// The default of a setting, as people read it.
fn default(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if !text.is_empty() => text.clone(),
        other => other.to_string(),
    }
}
