//! `jobinsight phases`.

use jobinsight_core::{Result, registry};
use serde_json::json;

use crate::cli::{Format, Global};
use crate::{report, session};

pub(crate) fn phases(global: &Global) -> Result<u8> {
    let loaded = session::open(global, Vec::new())?;
    let pipeline = &loaded.settings.pipeline;
    let mut specs = registry::all()?;
    let place = |name: &str| pipeline.iter().position(|listed| listed == name);
    specs.sort_by_key(|spec| (place(spec.name).unwrap_or(usize::MAX), spec.name));
    if global.format == Format::Json {
        let list: Vec<_> = specs
            .iter()
            .map(|spec| {
                json!({
                    "name": spec.name, "scope": spec.role.scope(), "role": spec.role, "about": spec.about,
                    "place": place(spec.name).map(|place| place + 1), "settings": spec.defaults(),
                })
            })
            .collect();
        session::print_json(
            &json!({ "schema_version": crate::results::SCHEMA_VERSION, "phases": list }),
        );
        return Ok(0);
    }
    let mut table = report::table(&[
        "place",
        "phase",
        "scope",
        "takes → gives",
        "what it does",
        "settings and defaults",
    ]);
    for spec in specs {
        let settings: Vec<String> = spec
            .defaults()
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key} = {value}"))
            .collect();
        table.add_row([
            place(spec.name).map_or_else(|| "-".to_owned(), |place| (place + 1).to_string()),
            spec.name.to_owned(),
            spec.role.scope().to_owned(),
            spec.role.signature().to_owned(),
            spec.about.to_owned(),
            settings.join("\n"),
        ]);
    }
    report::whole(&mut table, 1);
    session::print(&format!("{table}\n"));
    Ok(0)
}
