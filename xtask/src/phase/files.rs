//! The files of a phase, and the lines elsewhere that link it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::name::Name;
use super::new::Kind;

const MANIFEST: &str = include_str!("../../templates/phase/Cargo.toml.txt");

/// The parts of a template that depend on the kind of the phase.
struct Template {
    source: &'static str,
    test: &'static str,
    /// The statements: names and texts of files beside the source.
    statements: &'static [(&'static str, &'static str)],
    /// The description of the phase.
    about: &'static str,
}

macro_rules! template {
    ($kind:literal, $about:literal, [$($file:literal),*]) => {
        Template {
            source: include_str!(concat!("../../templates/phase/", $kind, ".rs.txt")),
            test: include_str!(concat!("../../templates/phase/", $kind, "_test.rs.txt")),
            statements: &[$((
                concat!("src/", $file),
                include_str!(concat!("../../templates/phase/", $file, ".txt")),
            )),*],
            about: $about,
        }
    };
}

fn template(kind: Kind) -> Template {
    match kind {
        Kind::Once => template!("once", "counts the raw rows", ["count_rows.sql"]),
        Kind::Load => template!(
            "load",
            "claims a batch of the queue and reads the keys of its rows",
            []
        ),
        Kind::Process => template!("process", "adds a column to each batch", []),
        Kind::Save => template!(
            "save",
            "writes the keys of a batch into a separate table",
            ["schema.sql", "store_rows.sql"]
        ),
    }
}

/// Writes the files of the crate.
pub(super) fn write(root: &Path, name: &Name, kind: Kind) -> Result<(), String> {
    let folder = root.join("phases").join(&name.phase);
    let template = template(kind);
    // A phase that sends no statement does not need the crate that renders them.
    let dependencies = match kind {
        Kind::Process => "",
        Kind::Once | Kind::Load | Kind::Save => "jobinsight-sql = { workspace = true }\n",
    };
    let test = format!("tests/{}.rs", name.phase);
    let sources = [
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", template.source),
        (&*test, template.test),
    ];
    for (path, text) in sources.iter().chain(template.statements) {
        let filled = text
            .replace("{{name}}", &name.phase)
            .replace("{{crate}}", &name.package)
            .replace("{{lib}}", &name.lib)
            .replace("{{type}}", &name.type_name)
            .replace("{{about}}", template.about)
            .replace("{{dependencies}}", dependencies);
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent).map_err(|error| failed(parent, &error))?;
        }
        fs::write(&file, filled).map_err(|error| failed(&file, &error))?;
    }
    format(&folder, name)
}

/// Formats the files, because the length of their lines depends on the length of the name.
fn format(folder: &Path, name: &Name) -> Result<(), String> {
    let done = Command::new("rustfmt")
        .args(["--edition", "2024", "src/lib.rs"])
        .arg(format!("tests/{}.rs", name.phase))
        .current_dir(folder)
        .status()
        .map_err(|error| format!("rustfmt cannot be run: {error}"))?;
    if done.success() {
        Ok(())
    } else {
        Err(format!("rustfmt ended with {done}"))
    }
}

/// A line that links a phase, with its file and the kind of lines among which it belongs.
struct Link {
    file: &'static str,
    line: String,
    among: fn(&str) -> bool,
    sorted: bool,
}

fn links(name: &Name) -> [Link; 3] {
    [
        Link {
            file: "Cargo.toml",
            // All crates of the workspace have the version of this one. A packaged crate names the version alone.
            line: format!(
                "{} = {{ path = \"phases/{}\", version = \"{}\" }}",
                name.package,
                name.phase,
                env!("CARGO_PKG_VERSION")
            ),
            among: |line| line.contains("{ path = \"phases/"),
            sorted: false,
        },
        Link {
            file: "runner/Cargo.toml",
            line: format!("{} = {{ workspace = true }}", name.package),
            among: |line| line.starts_with("jobinsight-") && line.ends_with("{ workspace = true }"),
            sorted: false,
        },
        Link {
            file: "runner/src/pipeline/link.rs",
            line: format!("use {} as _;", name.lib),
            among: |line| line.starts_with("use jobinsight_") && line.ends_with(" as _;"),
            sorted: true,
        },
    ]
}

/// Links the phase into the command.
pub(super) fn link(root: &Path, name: &Name) -> Result<(), String> {
    for link in links(name) {
        edit(root, link.file, |text| {
            with_line(text, &link.line, link.among, link.sorted)
        })?;
    }
    Ok(())
}

/// Removes every line that links the phase, lists it, or describes its settings. Returns whether the phase was part of the
/// default pipeline.
pub(super) fn unlink(root: &Path, name: &Name) -> Result<bool, String> {
    for link in links(name) {
        edit(root, link.file, |text| {
            Some(without_lines(text, |line| line == link.line))
        })?;
    }
    let mut was_default = false;
    edit(root, LIST, |text| {
        let rest = without_lines(text, |line| line == entry(&name.phase));
        was_default = rest != text;
        Some(rest)
    })?;
    let settings = format!("| `phases.{}.", name.phase);
    edit(root, "docs/03-configuration.md", |text| {
        Some(without_lines(text, |line| line.starts_with(&settings)))
    })?;
    Ok(was_default)
}

/// The file that contains the default pipeline.
const LIST: &str = "core/src/settings/common.rs";

fn entry(phase: &str) -> String {
    format!("                \"{phase}\",")
}

/// Adds the phase to the default pipeline: before saving, or at the end.
pub(super) fn list(root: &Path, name: &Name, kind: Kind) -> Result<(), String> {
    let saving = entry("data_saving") + "\n";
    let own = entry(&name.phase) + "\n";
    edit(root, LIST, |text| {
        let at = text.find(&saving)?;
        let at = if kind == Kind::Process {
            at
        } else {
            at + saving.len()
        };
        Some(format!("{}{own}{}", &text[..at], &text[at..]))
    })
}

/// Moves the folder of the crate to a folder that cargo does not build.
pub(super) fn move_away(root: &Path, name: &Name) -> Result<PathBuf, String> {
    let kept = root.join("target/removed-phases");
    fs::create_dir_all(&kept).map_err(|error| failed(&kept, &error))?;
    let mut free = kept.join(&name.phase);
    let mut number = 1;
    while free.exists() {
        number += 1;
        free = kept.join(format!("{}-{number}", name.phase));
    }
    let folder = root.join("phases").join(&name.phase);
    fs::rename(&folder, &free).map_err(|error| failed(&folder, &error))?;
    Ok(free)
}

/// Brings `Cargo.lock` and `examples/Cargo.lock` up to date. The examples link the command with all its phases.
pub(super) fn lock(root: &Path) -> Result<(), String> {
    update(root)?;
    update(&root.join("examples"))
}

fn update(workspace: &Path) -> Result<(), String> {
    let done = Command::new(env!("CARGO"))
        .args(["update", "--workspace", "--offline", "--quiet"])
        .current_dir(workspace)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if done.success() {
        Ok(())
    } else {
        Err("cargo does not accept the changed workspace: git diff shows the changes".to_owned())
    }
}

fn edit(
    root: &Path,
    file: &str,
    change: impl FnOnce(&str) -> Option<String>,
) -> Result<(), String> {
    let path = root.join(file);
    let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
    let changed = change(&text)
        .ok_or_else(|| format!("{file} has no line beside which a phase can be added"))?;
    if changed == text {
        return Ok(());
    }
    fs::write(&path, changed).map_err(|error| failed(&path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// The text with one more line, among the lines of its kind; `None` where the text has no such lines.
fn with_line(text: &str, line: &str, among: fn(&str) -> bool, sorted: bool) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|other| among(other))?;
    let place = if sorted {
        let later = lines.iter().position(|other| among(other) && *other > line);
        later.unwrap_or(last + 1)
    } else {
        last + 1
    };
    let mut lines: Vec<&str> = lines;
    lines.insert(place, line);
    Some(lines.join("\n") + "\n")
}

/// The text without the lines for which `such` holds.
fn without_lines(text: &str, such: impl Fn(&str) -> bool) -> String {
    text.split_inclusive('\n')
        .filter(|line| !such(line.trim_end_matches('\n')))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_added_among_its_kind_and_removed_again() {
        let text = "a\nuse jobinsight_b as _;\nuse jobinsight_d as _;\n\nuse x;\n";
        let among: fn(&str) -> bool = |line| line.starts_with("use jobinsight_");
        for (line, at) in [
            ("use jobinsight_a as _;", 1),
            ("use jobinsight_c as _;", 2),
            ("use jobinsight_e as _;", 3),
        ] {
            let with = with_line(text, line, among, true).unwrap();
            assert_eq!(with.lines().nth(at), Some(line));
            assert_eq!(without_lines(&with, |other| other == line), text);
        }
        let with = with_line(text, "use jobinsight_a as _;", among, false).unwrap();
        assert_eq!(with.lines().nth(3), Some("use jobinsight_a as _;"));
        assert_eq!(with_line("a\n", "b", among, true), None);
    }
}
