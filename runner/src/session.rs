//! What commands share: settings, logging, the database, output.

use std::io::Write;

use jobinsight_core::database::{self, Target};
use jobinsight_core::settings::{Flag, Loaded};
use jobinsight_core::{EtlError, Kind, Result};
use jobinsight_sql::embedded::Server;

use crate::cli::{Format, Global};

/// Loads settings and starts logging; says what in the environment is no setting.
pub(crate) fn open(global: &Global, more: Vec<Flag>) -> Result<Loaded> {
    let mut flags = global.flags();
    flags.extend(more);
    let loaded =
        jobinsight_core::settings::load(global.config.as_deref(), std::env::vars(), flags)?;
    crate::logging::start(&loaded.settings)?;
    for note in &loaded.notes {
        match &note.nearest {
            Some(nearest) => tracing::warn!("{} is no setting; did you mean {nearest}?", note.name),
            None => tracing::warn!(
                "{} is no setting; `jobinsight config show` lists them",
                note.name
            ),
        }
    }
    Ok(loaded)
}

/// Where PostgreSQL is, by flag and environment.
pub(crate) fn target(global: &Global, loaded: &Loaded) -> Result<Target> {
    if let Some(url) = &global.database_url {
        let target = Target::parse(url, "--database-url")?;
        if target.config.get_password().is_some() {
            tracing::warn!(
                "a password on the command line is seen by everybody who lists processes: use DATABASE_URL"
            );
        }
        return Ok(target);
    }
    let target = database::resolve(&loaded.settings, &|name| std::env::var(name).ok())?.ok_or_else(|| {
        EtlError::new(Kind::Usage, "jobinsight::database::none", "nothing says where PostgreSQL is")
            .help("set DATABASE_URL=postgresql://user:password@host:5432/database (or PGHOST, PGUSER, …); or try `jobinsight demo`, which brings its own; or use that server: DATABASE_URL=$(jobinsight db url)")
    })?;
    if target.origin.contains("Python") {
        tracing::info!(
            "the database is taken from the Python pipeline's DB_* variables; DATABASE_URL is the name here"
        );
    }
    Ok(target)
}

/// The embedded server of the state directory.
pub(crate) async fn server(loaded: &Loaded) -> Result<Server> {
    Server::at(&loaded.settings.state_dir()).await
}

/// Writes to stdout; a reader who has gone (`| head`) is no error.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints one JSON object on one line.
pub(crate) fn print_json(value: &impl serde::Serialize) {
    print(&format!(
        "{}\n",
        serde_json::to_string(value).unwrap_or_default()
    ));
}

/// Shows an error on stderr as people read it, and on stdout where machines listen.
pub(crate) fn fail(error: EtlError, format: Format) -> u8 {
    let code = error.kind().exit_code();
    if format == Format::Json {
        print_json(&serde_json::json!({
            "schema_version": crate::results::SCHEMA_VERSION,
            "success": false,
            "message": error.message(),
            "error": crate::results::ErrorResult::from(&error),
        }));
    }
    show(error);
    code
}

/// Shows an error on stderr.
pub(crate) fn show(error: EtlError) {
    let _ = writeln!(
        std::io::stderr().lock(),
        "Error: {:?}",
        miette::Report::new(error)
    );
}
