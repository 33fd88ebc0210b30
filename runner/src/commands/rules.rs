//! `jobinsight rules`: the rule tables, and custom rules.

use std::fmt::Write;

use jobinsight_core::settings::{CustomTable, Loaded, removed_line, rule_lines, unknown_table};
use jobinsight_core::{PhaseSpec, Result, RuleTable, advice, registry};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat, RulesCommand};
use crate::cli::io;
use crate::pipeline;
use crate::report::text;

/// The rule tables, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct RuleTableList {
    /// The name of the rule set and the fingerprint of custom rules.
    rules: String,
    /// The tables.
    tables: Vec<RuleTableEntry>,
}

/// A rule table, as JSON.
#[derive(Serialize, JsonSchema)]
struct RuleTableEntry {
    /// The name of the table.
    table: &'static str,
    /// The phase that uses it.
    phase: &'static str,
    /// The meaning of a line.
    about: &'static str,
    /// Built-in lines.
    lines: usize,
    /// The file of custom lines; null if there is none.
    own_file: Option<String>,
    /// Lines that the file adds; null without a file.
    own_lines: Option<usize>,
    /// Built-in lines that the file removes; null without a file.
    taken_away: Option<usize>,
}

/// A rule table with its text, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct RuleTableText {
    /// The table.
    #[serde(flatten)]
    entry: RuleTableEntry,
    /// The built-in lines.
    text: &'static str,
    /// The text of the file of custom lines; null if there is none.
    own_text: Option<String>,
}

pub(crate) fn rules(global: &Global, command: &RulesCommand) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let mut tables = Vec::new();
    for spec in registry::all()? {
        if !spec.tables.is_empty() {
            // The phase that uses the custom rules checks their lines.
            pipeline::build_phase(spec, &loaded)?;
        }
        tables.extend(spec.tables.iter().map(|table| (spec, table)));
    }
    match command {
        RulesCommand::List => list(global, &loaded, &tables),
        RulesCommand::Show { table } => show(global, &loaded, &tables, table)?,
    }
    Ok(0)
}

/// The numbers of lines that a file adds and removes.
fn counts(own: &CustomTable) -> (usize, usize) {
    let away = rule_lines(&own.text)
        .filter(|line| removed_line(line).is_some())
        .count();
    (rule_lines(&own.text).count() - away, away)
}

impl RuleTableEntry {
    fn of(loaded: &Loaded, spec: &PhaseSpec, table: &RuleTable) -> Self {
        let own = loaded.settings.custom_rules.of(table.name);
        let counts = own.map(counts);
        Self {
            table: table.name,
            phase: spec.name,
            about: table.about,
            lines: rule_lines(table.text).count(),
            own_file: own.map(|own| own.file.clone()),
            own_lines: counts.map(|(added, _)| added),
            taken_away: counts.map(|(_, away)| away),
        }
    }
}

fn list(global: &Global, loaded: &Loaded, tables: &[(&PhaseSpec, &RuleTable)]) {
    let settings = &loaded.settings;
    let rules = pipeline::rules(settings, &[]);
    if global.format == OutputFormat::Json {
        let tables = tables
            .iter()
            .map(|(spec, table)| RuleTableEntry::of(loaded, spec, table))
            .collect();
        return io::print_json(&RuleTableList { rules, tables });
    }
    let mut shown = text::table(&["table", "phase", "lines", "own", "what a line says"]);
    for (spec, table) in tables {
        let own = settings.custom_rules.of(table.name).map(counts);
        shown.add_row([
            table.name.to_owned(),
            spec.name.to_owned(),
            rule_lines(table.text).count().to_string(),
            match own {
                None => String::new(),
                Some((added, 0)) => format!("+{added}"),
                Some((added, away)) => format!("+{added} -{away}"),
            },
            table.about.to_owned(),
        ]);
    }
    let mut text = format!("{shown}\n\nRules: {rules}");
    let _ = match &settings.rules_dir {
        Some(dir) => writeln!(text, ", with the files of {}", dir.display()),
        None => writeln!(
            text,
            "\nTo add lines to a table: set rules_dir, and write the lines to the file TABLE.txt in that directory.\nFor the form of a line: {}",
            advice::command("rules show TABLE")
        ),
    };
    io::print_text(&text);
}

fn show(
    global: &Global,
    loaded: &Loaded,
    tables: &[(&PhaseSpec, &RuleTable)],
    name: &str,
) -> Result<()> {
    let Some((spec, table)) = tables.iter().find(|(_, table)| table.name == name) else {
        let known: Vec<&str> = tables.iter().map(|(_, table)| table.name).collect();
        return Err(unknown_table(name, &known, "you asked for"));
    };
    let own = loaded.settings.custom_rules.of(table.name);
    if global.format == OutputFormat::Json {
        io::print_json(&RuleTableText {
            entry: RuleTableEntry::of(loaded, spec, table),
            text: table.text,
            own_text: own.map(|own| own.text.clone()),
        });
        return Ok(());
    }
    let mut text = table.text.to_owned();
    if let Some(own) = own {
        let _ = write!(text, "\n# ── {}\n{}", own.file, own.text);
    }
    io::print(&text);
    Ok(())
}
