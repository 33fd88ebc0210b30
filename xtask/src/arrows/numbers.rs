//! Numbers about the source code of a checkout.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::source::{CrateKind, Source};
use super::{cycles, shape};
use crate::workspace::files;

/// A table in Markdown: files and lines by language, then the crates of the workspace.
pub(crate) fn numbers(root: &Path, metadata: &Value) -> Result<String, String> {
    let mut out = String::from("| files | number | lines | longest |\n|---|---:|---:|---|\n");
    for pattern in ["*.rs", "*.sql", "*.md"] {
        let (mut number, mut lines, mut longest) = (0, 0, (0, String::new()));
        for name in files(root, pattern)? {
            let text = std::fs::read_to_string(root.join(&name))
                .map_err(|error| format!("{name}: {error}"))?;
            let length = text.lines().count();
            number += 1;
            lines += length;
            longest = longest.max((length, name));
        }
        let _ = writeln!(
            out,
            "| {pattern} | {number} | {lines} | {} {} |",
            longest.1, longest.0
        );
    }
    out.push_str("\nCode without tests:\n\n| crate | files | functions | longest function | files in import cycles | shared names of types |\n|---|---:|---:|---|---|---:|\n");
    let sources = Source::all(root, metadata)?;
    // A program of one file starts a library, which has a row.
    let is_listed =
        |source: &&Source| source.kind == CrateKind::Product && source.modules.len() > 1;
    for source in sources.iter().filter(is_listed) {
        let mut names: Vec<&str> = source
            .modules
            .iter()
            .map(|module| module.file.as_str())
            .collect();
        names.dedup();
        let functions = source.modules.iter().flat_map(|module| {
            let file = module.file.rsplit('/').next().unwrap_or_default();
            let length = move |(name, first, last): &(String, usize, usize)| {
                (last - first + 1, format!("{file} {name}"))
            };
            module.functions.iter().map(length)
        });
        let functions: Vec<_> = functions.collect();
        let (length, longest) = functions.iter().max().cloned().unwrap_or_default();
        let cycles = cycles::cycles(source, &source.imports());
        let cycles: Vec<String> = cycles
            .iter()
            .map(|cycle| cycle.files.len().to_string())
            .collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {longest} {length} | {} | {} |",
            source.folder,
            names.len(),
            functions.len(),
            if cycles.is_empty() {
                "none".to_owned()
            } else {
                cycles.join(" + ")
            },
            shape::type_names(source).len()
        );
    }
    Ok(out)
}
