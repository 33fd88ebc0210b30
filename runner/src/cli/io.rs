//! The parts that all commands share: settings, logging, the address of the database, output.

use std::io::{self, Write};
use std::sync::OnceLock;

use jobinsight_core::database::{self, Target, TargetOrigin};
use jobinsight_core::settings::{Flag, Loaded, LogFormat};
use jobinsight_core::{EtlError, Result, advice};
use jobinsight_sql::embedded::Server;
use serde::Serialize;

use crate::cli::args::{Global, OutputFormat};
use crate::codes;
use crate::display::DisplayStyle;
use crate::pipeline;
use crate::report::results::{RunResults, SCHEMA_VERSION};
use crate::report::{ErrorOutput, Output, text, wrapping};

/// Loads the settings and starts logging. Warns of variables that are not settings.
pub(crate) fn open(global: &Global, more: Vec<Flag>) -> Result<Loaded> {
    open_with(global, more, &[])
}

/// As [`open`]. These phases are added to `pipeline`.
pub(crate) fn open_with(global: &Global, more: Vec<Flag>, with: &[String]) -> Result<Loaded> {
    open_choosing(global, more, |_| with.to_vec())
}

/// As [`open_with`]. The settings decide which phases are added.
pub(crate) fn open_choosing(
    global: &Global,
    more: Vec<Flag>,
    with: impl Fn(&Loaded) -> Vec<String>,
) -> Result<Loaded> {
    let mut loaded = load(global, more.clone())?;
    let with = with(&loaded);
    if !with.is_empty() {
        let pipeline = Flag {
            key: "pipeline",
            value: pipeline::with(&loaded, &with)?.into(),
            flag: "--with",
        };
        loaded = load(global, [more, vec![pipeline]].concat())?;
    }
    start(global, &loaded)?;
    Ok(loaded)
}

fn load(global: &Global, more: Vec<Flag>) -> Result<Loaded> {
    let mut flags = global.flags();
    flags.extend(more);
    // A value that is not Unicode is read as far as possible, and refused like any other wrong value.
    let variables = std::env::vars_os()
        .map(|(name, value)| [name, value].map(|text| text.to_string_lossy().into_owned()))
        .map(|[name, value]| (name, value));
    jobinsight_core::configuration::load(global.config.as_deref(), variables, flags)
}

/// Starts logging and the display of progress, and warns of variables that are not settings.
fn start(global: &Global, loaded: &Loaded) -> Result<()> {
    super::logging::start(loaded)?;
    if !global.quiet {
        let is_json = loaded.settings.log_format == LogFormat::Json;
        DisplayStyle::of_stderr(is_json, global.verbose).set();
    }
    for note in &loaded.notes {
        match &note.nearest {
            Some(nearest) => {
                tracing::warn!("{} is not a setting; did you mean {nearest}?", note.name);
            }
            None => tracing::warn!(
                "{} is not a setting; `{}` lists all settings",
                note.name,
                advice::command("config show")
            ),
        }
    }
    Ok(())
}

/// The address of PostgreSQL, from the flag or the environment.
pub(crate) fn target(global: &Global, loaded: &Loaded) -> Result<Target> {
    let env = |name: &str| std::env::var(name).ok();
    let found = database::resolve(global.database_url.as_deref(), &loaded.settings, &env)?;
    let target = found.ok_or_else(|| {
        EtlError::new(codes::DATABASE_NONE, "the address of PostgreSQL is not set")
            .help(format!(
            "set DATABASE_URL=postgresql://user:password@host:5432/database (or PGHOST, PGUSER, …); or use the embedded server: {}, then export DATABASE_URL=$({}); or try the sample: {}",
            advice::command("db start"),
            advice::command("db url"),
            advice::command("demo")
        ))
    })?;
    if target.origin == TargetOrigin::Flag && target.password().is_some() {
        tracing::warn!(
            "every user of this machine can read a password on the command line; set DATABASE_URL instead"
        );
    }
    if target.origin == TargetOrigin::PythonEnvironment {
        tracing::info!(
            "the address of PostgreSQL comes from the DB_* variables of the Python pipeline; DATABASE_URL replaces them"
        );
    }
    Ok(target)
}

/// The embedded server of the state directory.
pub(crate) async fn server(loaded: &Loaded) -> Result<Server> {
    Server::at(&loaded.settings.state_dir()).await
}

/// The first failure to write to stdout. A command goes on after it, because its work does not depend on its output.
static LOST_OUTPUT: OnceLock<io::Error> = OnceLock::new();

/// Writes to stdout. If the reader has closed the pipe (`| head`), that is not an error. Another failure is an error when
/// the command [has ended](ended).
pub(crate) fn print(text: &str) {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes());
    note(written.and_then(|()| stdout.flush()));
}

fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = LOST_OUTPUT.set(error);
    }
}

/// Prints what clap answers instead of a command: a help text or the version to stdout, wrong usage to stderr. Returns the
/// exit code.
pub(crate) fn print_answer(answer: &clap::Error) -> u8 {
    let printed = answer.print();
    if !answer.use_stderr() {
        note(printed.and_then(|()| io::stdout().flush()));
    }
    ended(u8::try_from(answer.exit_code()).unwrap_or(1))
}

/// The exit code of a command whose own work ended with this code. If its output is lost, stderr says so, and a command that
/// succeeded fails.
pub(crate) fn ended(code: u8) -> u8 {
    let Some(cause) = LOST_OUTPUT.get() else {
        return code;
    };
    let error = EtlError::new(
        codes::OUTPUT_STDOUT,
        format!("the results could not be written to stdout: {cause}"),
    );
    let lost = error.kind().exit_code();
    text::show_error(error);
    if code == 0 { lost } else { code }
}

/// Prints a text for people: in lines that are as wide as the terminal or as `COLUMNS`.
pub(crate) fn print_text(text: &str) {
    print(&wrapping::to_width(text));
}

/// Prints one JSON object on one line, with the version of its format.
pub(crate) fn print_json(value: &impl Output) {
    #[derive(Serialize)]
    struct Versioned<'a, T: Serialize> {
        schema_version: u32,
        #[serde(flatten)]
        value: &'a T,
    }
    print_line(&Versioned {
        schema_version: SCHEMA_VERSION,
        value,
    });
}

/// Prints the results of a run. They already contain their version.
pub(crate) fn print_results(results: &RunResults) {
    print_line(results);
}

fn print_line(value: &impl Serialize) {
    let line = serde_json::to_string(value);
    debug_assert!(line.is_ok(), "only an object takes a version: {line:?}");
    print(&format!("{}\n", line.unwrap_or_default()));
}

/// Shows an error on stderr for people and, with JSON output, on stdout for machines.
pub(crate) fn fail(error: EtlError, format: OutputFormat) -> u8 {
    let code = error.kind().exit_code();
    if format == OutputFormat::Json {
        print_json(&ErrorOutput::from(&error));
    }
    text::show_error(error);
    code
}
