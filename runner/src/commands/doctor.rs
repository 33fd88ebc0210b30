//! `jobinsight doctor`: what a run needs, looked at one by one.

use std::time::{Duration, Instant, SystemTime};

use jobinsight_core::database::{self, Connection, Target};
use jobinsight_core::{EtlError, Loaded, Result, registry};
use jobinsight_sql::{indexes, privileges};
use serde::Serialize;
use serde_json::json;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::pipeline;
use crate::pipeline::selection::PhaseSelection;
use crate::report::results::check_state_dir;
use crate::report::text;
use crate::run::failure;
use crate::session::run_lock;

/// What one look found.
#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    /// `ok`, `warn` or `fail`.
    state: &'static str,
    found: String,
    /// What to type.
    help: Option<String>,
    #[serde(skip)]
    exit: u8,
}

#[derive(Default)]
struct Checks(Vec<Check>);

impl Checks {
    fn ok(&mut self, check: &'static str, found: impl Into<String>) {
        self.0.push(Check {
            check,
            state: "ok",
            found: found.into(),
            help: None,
            exit: 0,
        });
    }

    fn warn(&mut self, check: &'static str, found: impl Into<String>, help: &str) {
        self.0.push(Check {
            check,
            state: "warn",
            found: found.into(),
            help: Some(help.to_owned()),
            exit: 0,
        });
    }

    fn fail(&mut self, check: &'static str, error: &EtlError) {
        self.0.push(Check {
            check,
            state: "fail",
            found: format!("{}: {}", error.code().name(), error.message()),
            help: Some(error.help_text().to_owned()),
            exit: error.kind().exit_code(),
        });
    }
}

pub(crate) async fn doctor(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let mut checks = Checks::default();
    let file = loaded.file.as_ref().map_or_else(
        || "no settings file".to_owned(),
        |file| file.display().to_string(),
    );
    match pipeline::checked(&loaded, &PhaseSelection::default()) {
        Ok(list) => checks.ok("settings", format!("{file}; {} phases", list.len())),
        Err(error) => checks.fail("settings", &error),
    }
    for note in &loaded.notes {
        checks.warn(
            "environment",
            format!("{} is no setting", note.name),
            note.nearest.as_deref().unwrap_or("jobinsight config show"),
        );
    }
    match check_state_dir(&loaded.settings.state_dir()) {
        Ok(()) => checks.ok(
            "state directory",
            loaded.settings.state_dir().display().to_string(),
        ),
        Err(error) => checks.fail("state directory", &error),
    }
    match io::target(global, &loaded) {
        Err(error) => checks.fail("connection", &error),
        Ok(target) => match database::connect(&target, "jobinsight doctor").await {
            Err(error) => checks.fail("connection", &error),
            Ok(client) => examine(&loaded, &target, &client, &mut checks).await,
        },
    }
    Ok(show(global, &checks.0))
}

fn show(global: &Global, checks: &[Check]) -> u8 {
    let worst = checks.iter().map(|check| check.exit).max().unwrap_or(0);
    match global.format {
        OutputFormat::Json => io::print_json(&json!({ "healthy": worst == 0, "checks": checks })),
        OutputFormat::Text => {
            let mut table = text::table(&["check", "", "found"]);
            for check in checks {
                let help = check
                    .help
                    .as_ref()
                    .map_or_else(String::new, |help| format!("\n→ {help}"));
                table.add_row([
                    check.check.to_owned(),
                    check.state.to_owned(),
                    format!("{}{help}", check.found),
                ]);
            }
            text::whole(&mut table, 0);
            io::print(&format!("{table}\n"));
        }
    }
    worst
}

const SERVER: &str = "
    SELECT current_setting('server_version'), current_setting('server_version_num')::int, pg_is_in_recovery(),
           current_setting('default_transaction_read_only') = 'on', coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
           current_setting('max_connections')::bigint - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
           (SELECT rolconnlimit::bigint FROM pg_roles WHERE rolname = current_user), current_user::text,
           extract(epoch FROM clock_timestamp())::float8";

async fn examine(loaded: &Loaded, target: &Target, client: &Connection, checks: &mut Checks) {
    let settings = &loaded.settings;
    let started = Instant::now();
    let row = match client.query_one(SERVER, &[]).await {
        Ok(row) => row,
        Err(error) => {
            return checks.fail(
                "connection",
                &EtlError::database(error, "looking at the server"),
            );
        }
    };
    let took = started.elapsed();
    checks.ok(
        "connection",
        format!(
            "{} (from {}), an answer in {:.1} ms",
            target.display(),
            target.origin,
            took.as_secs_f64() * 1000.0
        ),
    );
    match database::refuse_transaction_pooling(target, client).await {
        Ok(()) => checks.ok("pooler", "none in transaction mode"),
        Err(error) => checks.fail("pooler", &error),
    }
    if row.get(4) {
        checks.ok("TLS", format!("on, sslmode = {}", target.tls.mode.name()));
    } else {
        checks.warn(
            "TLS",
            "off: fine on this machine, not over a network that others use",
            "sslmode=verify-full and sslrootcert=FILE",
        );
    }
    let version = row.get::<_, String>(0);
    if row.get::<_, i32>(1) >= 140_000 {
        checks.ok("version", version);
    } else {
        checks.fail(
            "version",
            &EtlError::new(
                codes::DATABASE_VERSION,
                format!("PostgreSQL {version} is older than 14"),
            ),
        );
    }
    if row.get::<_, bool>(2) || row.get::<_, bool>(3) {
        let error = EtlError::new(codes::DATABASE_READ_ONLY, "the server takes no writes")
            .help("connect to the primary");
        checks.fail("writable", &error);
    } else {
        checks.ok("writable", "yes");
    }
    let (free, limit, needed) = (
        row.get::<_, i64>(5),
        row.get::<_, Option<i64>>(6).unwrap_or(-1),
        i64::from(settings.max_workers) + 3,
    );
    let room = if limit >= 0 { free.min(limit) } else { free };
    if room >= needed {
        checks.ok(
            "connections",
            format!("{room} free, {needed} needed at most"),
        );
    } else {
        checks.warn(
            "connections",
            format!("{room} free, {needed} needed at most"),
            "lower ETL_MAX_WORKERS, or raise max_connections or the role's limit",
        );
    }
    let ours = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs_f64();
    let apart = (row.get::<_, f64>(8) - ours).abs();
    if apart < 5.0 {
        checks.ok("clock", format!("{apart:.1} s apart from the server's"));
    } else {
        checks.warn(
            "clock",
            format!("{apart:.0} s apart from the server's"),
            "set both by NTP; due dates are counted from the run's clock",
        );
    }
    let role: String = row.get(7);
    examine_ours(loaded, client, &role, checks).await;
}

/// What is ours on the server: rights, tables, the lock, the last run.
async fn examine_ours(loaded: &Loaded, client: &Connection, role: &str, checks: &mut Checks) {
    let settings = &loaded.settings;
    match privileges::missing(client, settings).await {
        Ok(grants) if grants.is_empty() => {
            checks.ok("privileges", format!("{role} may do all that is needed"));
        }
        Ok(grants) => checks.fail(
            "privileges",
            &EtlError::new(codes::DATABASE_PRIVILEGE, format!("{role} lacks rights"))
                .help(format!("{};", grants.join(";\n"))),
        ),
        Err(error) => checks.fail("privileges", &error),
    }
    for spec in registry::all().into_iter().flatten() {
        if let Some(check) = spec.check {
            match check(client, settings).await {
                Ok(notes) if notes.is_empty() => checks.ok(spec.name, "as agreed"),
                Ok(notes) => checks.ok(spec.name, notes.join("; ")),
                Err(error) => checks.fail(spec.name, &error),
            }
        }
    }
    let holder = run_lock::holder(client, settings).await;
    let is_on = matches!(holder, Ok(Some(_)));
    match holder {
        Ok(None) => checks.ok("run lock", "free"),
        Ok(Some(holder)) => checks.warn(
            "run lock",
            format!("held by {}", holder.describe()),
            "wait, or: jobinsight run --join",
        ),
        Err(error) => checks.fail("run lock", &error),
    }
    examine_indexes(loaded, client, is_on, checks).await;
    if let Ok(runs) = super::runs::last(client, loaded, "", 100).await
        && let Some(run) = runs.iter().find(|run| run.state != "refused")
    {
        match run.state.as_str() {
            "failed" | "abandoned" => checks.warn(
                "last run",
                format!("{} {}", run.run_id, run.state),
                "jobinsight retry",
            ),
            state => checks.ok("last run", format!("{} {state}", run.run_id)),
        }
    }
}

/// A first load that did not end leaves staging without some of its indexes.
async fn examine_indexes(loaded: &Loaded, client: &Connection, is_on: bool, checks: &mut Checks) {
    match indexes::missing(client, &loaded.settings).await {
        Ok(missing) if missing.is_empty() => checks.ok("indexes", "none is missing"),
        Ok(missing) if is_on => checks.ok(
            "indexes",
            format!(
                "staging is without {}: the run that is on makes them behind its last row",
                failure::names(&missing)
            ),
        ),
        Ok(missing) => checks.warn(
            "indexes",
            format!(
                "staging is without {}, as after a first load that did not end: queries that need them are slow",
                failure::names(&missing)
            ),
            if missing.iter().all(|index| index.ours) {
                "jobinsight retry, or jobinsight run: either makes them behind its last row"
            } else {
                "they are the owner's of staging to make: jobinsight run as that role"
            },
        ),
        Err(error) => checks.fail("indexes", &error),
    }
}
