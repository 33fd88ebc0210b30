//! The JSON schemas of the outputs, in `docs/schemas`. The test kit checks every JSON output of every command against its
//! schema, so a test fails when an output and its schema differ.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

/// The compiled schemas of the folder.
struct Outputs {
    schemas: Schemas,
    /// The schemas by the name of the file.
    files: BTreeMap<String, SchemaIndex>,
    /// The name of the file by command, such as `runs list`.
    commands: BTreeMap<String, String>,
}

static OUTPUTS: LazyLock<Mutex<Outputs>> = LazyLock::new(|| Mutex::new(Outputs::read()));

impl Outputs {
    fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        let (mut files, mut commands) = (BTreeMap::new(), BTreeMap::new());
        for entry in std::fs::read_dir(&folder).expect("docs/schemas") {
            let path = entry.expect("a file").path();
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let text = std::fs::read_to_string(&path).expect("a schema");
            let mut schema: Value = serde_json::from_str(&text).expect("JSON");
            forbid_other_fields(&mut schema);
            for command in schema["x-commands"].as_array().into_iter().flatten() {
                let command = command.as_str().expect("a command").to_owned();
                commands.insert(command, name.clone());
            }
            let place = format!("mem:///{name}.json");
            compiler.add_resource(&place, schema).expect("a schema");
            let index = compiler.compile(&place, &mut schemas);
            let index = index.unwrap_or_else(|error| panic!("{name}: {error:#}"));
            files.insert(name, index);
        }
        Self {
            schemas,
            files,
            commands,
        }
    }

    /// The file for the command in these arguments: the first words that are a command, or the longest such words.
    fn file(&self, args: &[&str]) -> Option<&str> {
        (0..args.len()).find_map(|at| {
            let names = (1..=3).rev().filter_map(|words| args.get(at..at + words));
            let mut files = names.filter_map(|words| self.commands.get(&words.join(" ")));
            files.next().map(String::as_str)
        })
    }

    fn check(&self, name: &str, value: &Value, told: &str) {
        let index = self.files.get(name);
        let index = index.unwrap_or_else(|| panic!("docs/schemas has no {name}.json"));
        if let Err(error) = self.schemas.validate(value, *index) {
            panic!(
                "{told} differs from docs/schemas/{name}.json (after a change of the output: cargo xtask docs --write):\n{error:#}\n{value:#}"
            );
        }
    }
}

/// Makes each object of a schema refuse a field that the schema does not describe. The schemas themselves allow more
/// fields, because a later version may add some.
fn forbid_other_fields(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            if keys.contains_key("properties") && !keys.contains_key("additionalProperties") {
                keys.insert("additionalProperties".to_owned(), false.into());
            }
            keys.values_mut().for_each(forbid_other_fields);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_other_fields),
        _ => {}
    }
}

/// Checks each line of stdout that is a JSON object against the schema of the command in `args`, and each line of stderr that
/// is a line of the JSON log against the schema of the log.
pub(crate) fn check_outputs(args: &[&str], stdout: &str, stderr: &str) {
    let is_json = args.windows(2).any(|pair| pair == ["--format", "json"]);
    let outputs = OUTPUTS
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for (line, is_log) in stdout
        .lines()
        .map(|line| (line, false))
        .chain(stderr.lines().map(|line| (line, true)))
    {
        let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if is_log {
            if value["timestamp"].is_string() {
                outputs.check("log-line", &value, "a line of the log");
            }
        } else if is_json {
            let file = outputs.file(args);
            let file = file.unwrap_or_else(|| panic!("{args:?} has no schema: {line}"));
            outputs.check(file, &value, &format!("the output of {args:?}"));
        }
    }
}

/// Checks `run_results.json` of a state directory against the schema of the results of a run, if the file exists.
pub(crate) fn check_results_file(state_dir: &Path) {
    let Ok(text) = std::fs::read_to_string(state_dir.join("run_results.json")) else {
        return;
    };
    if let Ok(value) = serde_json::from_str(&text) {
        let outputs = OUTPUTS
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        outputs.check("run", &value, "run_results.json");
    }
}
