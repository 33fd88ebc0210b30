//! The schemas of OpenLineage, and events that are checked against them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

/// The schemas, by their addresses.
struct Specification {
    schemas: Schemas,
    parts: BTreeMap<String, SchemaIndex>,
    /// The key by which an event has each facet, and the address of the file of the facet.
    keys: Vec<(String, String)>,
}

static SPECIFICATION: LazyLock<Specification> = LazyLock::new(Specification::read);

impl Specification {
    fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("openlineage/spec");
        let mut files = json_files(&folder);
        files.extend(json_files(&folder.join("facets")));
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        let (mut addresses, mut keys) = (Vec::new(), Vec::new());
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a schema");
            let schema: Value = serde_json::from_str(&text).expect("JSON");
            let id = schema["$id"].as_str().expect("an address").to_owned();
            for name in schema["$defs"].as_object().expect("definitions").keys() {
                addresses.push(format!("{id}#/$defs/{name}"));
            }
            for key in schema["properties"].as_object().into_iter().flatten() {
                keys.push((key.0.clone(), id.clone()));
            }
            compiler.add_resource(&id, schema).expect("a schema");
        }
        let parts = addresses.into_iter().map(|address| {
            let index = compiler.compile(&address, &mut schemas);
            let index = index.unwrap_or_else(|error| panic!("{address}: {error:#}"));
            (address, index)
        });
        let parts = parts.collect();
        Self {
            schemas,
            parts,
            keys,
        }
    }

    /// Checks a value against the schema with this address.
    fn check(&self, value: &Value, address: &str) {
        let index = self.parts.get(address);
        let index = index.unwrap_or_else(|| panic!("tests/openlineage/spec has no {address}"));
        if let Err(error) = self.schemas.validate(value, *index) {
            panic!("{error:#}\n{value:#}");
        }
    }
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let files = entries.map(|entry| entry.expect("a file").path());
    let is_json = |file: &PathBuf| file.extension().is_some_and(|end| end == "json");
    files.filter(is_json).collect()
}

/// Checks an event, and each of its facets, against the schema that it names.
///
/// # Panics
/// The event differs from the schema, or names another schema.
pub fn check_event(event: &Value) {
    let specification = &*SPECIFICATION;
    specification.check(event, event["schemaURL"].as_str().expect("a schema"));
    let datasets = ["inputs", "outputs"].into_iter();
    let datasets = datasets.flat_map(|key| event[key].as_array().expect("a list"));
    let owners = [&event["run"], &event["job"]].into_iter().chain(datasets);
    for owner in owners {
        for key in ["facets", "inputFacets", "outputFacets"] {
            for (name, facet) in owner[key].as_object().into_iter().flatten() {
                let address = facet["_schemaURL"].as_str().expect("a schema");
                specification.check(facet, address);
                let file = address.split('#').next().expect("an address");
                let key = (name.clone(), file.to_owned());
                assert!(
                    specification.keys.contains(&key),
                    "{name} is not the key of {file}"
                );
            }
        }
    }
}
