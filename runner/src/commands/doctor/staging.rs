//! The checks of the objects of JobInsight on the server: privileges, the raw table, the run lock, indexes, the last run.

use jobinsight_core::database::Connection;
use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Loaded, advice, clock, registry};
use jobinsight_sql::{indexes, privileges, schema};

use super::checks::Checks;
use crate::codes;
use crate::commands::runs;
use crate::ledger::{self, Crawl, ForeignSince};
use crate::pipeline;
use crate::report::text;
use crate::session::run_lock;

/// Checks privileges, what each phase needs, the run lock, indexes and the last run.
pub(super) async fn check(loaded: &Loaded, client: &Connection, role: &str, checks: &mut Checks) {
    check_privileges(loaded, client, role, checks).await;
    match privileges::refuse_hidden_rows(client, &loaded.settings).await {
        Ok(()) => checks.ok("row security", "hides no row"),
        Err(error) => checks.fail("row security", &error),
    }
    check_schema(loaded, client, checks).await;
    for spec in registry::all().into_iter().flatten() {
        if let Some(check) = spec.check {
            match pipeline::guarded(spec, async || check(client, &loaded.settings).await).await {
                Ok(notes) if notes.is_empty() => checks.ok(spec.name, "as agreed"),
                Ok(notes) => checks.ok(spec.name, notes.join("; ")),
                Err(error) => checks.fail(spec.name, &error),
            }
        }
    }
    let holder = run_lock::holder(client, &loaded.settings).await;
    let is_running = matches!(holder, Ok(Some(_)));
    match holder {
        Ok(None) => checks.ok("run lock", "free"),
        Ok(Some(holder)) => checks.warn(
            "run lock",
            format!("held by {}", holder.describe()),
            &format!("wait, or: {}", advice::command("run --join")),
        ),
        Err(error) => checks.fail("run lock", &error),
    }
    check_indexes(loaded, client, is_running, checks).await;
    check_other_programs(loaded, client, checks).await;
    check_last_run(loaded, client, checks).await;
    check_crawl(loaded, client, checks).await;
}

/// Shows the age of the crawl. Without a raw table, another check has failed already.
async fn check_crawl(loaded: &Loaded, client: &Connection, checks: &mut Checks) {
    let Ok(crawl) = Crawl::read(client, &loaded.settings, None).await else {
        return;
    };
    let Some(crawl) = crawl else {
        return checks.ok("crawl", "no posting has a crawl time");
    };
    let age = format!(
        "newest posting {}, {} ago",
        crawl.newest,
        crawl.age_in_words()
    );
    let wanted = loaded.settings.upstream.max_age.as_deref();
    match wanted.and_then(clock::parse_age) {
        Some(longest) if crawl.age > longest => checks.warn(
            "crawl",
            format!("{age}, which is longer than upstream.max_age"),
            "check the crawler; until it works, runs exit with 3",
        ),
        _ => checks.ok("crawl", age),
    }
}

/// Counts the rows of staging that another program wrote, and says nothing if there are none. Before the first run, and before an
/// upgrade, the tables have no marks.
async fn check_other_programs(loaded: &Loaded, client: &Connection, checks: &mut Checks) {
    let found = ForeignSince::read(client, &loaded.settings).await;
    if let Some(words) = found.ok().and_then(ForeignSince::in_words) {
        checks.warn(
            "other programs",
            format!("since the last run, {words}"),
            &format!("`{}` processes them", advice::command("run")),
        );
    }
}

/// Checks the version of the schema, and says nothing if it is the one of this program.
async fn check_schema(loaded: &Loaded, client: &Connection, checks: &mut Checks) {
    if let Err(error) = schema::refuse_newer(&**client, &loaded.settings).await {
        return checks.fail("schema", &error);
    }
    if let Ok(found) = schema::version(&**client, &loaded.settings).await
        && let Some(difference) = text::schema_difference(found)
    {
        checks.ok("schema", difference);
    }
}

async fn check_last_run(loaded: &Loaded, client: &Connection, checks: &mut Checks) {
    if let Ok(runs) = runs::last(client, loaded, "", 100).await
        && let Some(run) = runs.iter().find(|run| run.state != RunState::Refused)
    {
        match run.state {
            RunState::Failed | RunState::Abandoned => checks.warn(
                "last run",
                format!("{} {}", run.run_id, run.state),
                &advice::command("retry"),
            ),
            state => checks.ok("last run", format!("{} {state}", run.run_id)),
        }
    }
}

/// Checks the indexes of staging. Some are missing after a first load that did not end.
async fn check_indexes(
    loaded: &Loaded,
    client: &Connection,
    is_running: bool,
    checks: &mut Checks,
) {
    // Before the first run, a staging table is one of the Python pipeline, and no first load began.
    if matches!(
        ledger::exists(client, &loaded.settings.staging_schema()).await,
        Ok(false)
    ) {
        return checks.ok("indexes", "the first run creates them");
    }
    match indexes::missing(client, &loaded.settings).await {
        Ok(missing) if missing.is_empty() => checks.ok("indexes", "complete"),
        Ok(missing) if is_running => checks.ok(
            "indexes",
            format!(
                "staging lacks {}; the active run creates them after its last row",
                text::index_names(&missing)
            ),
        ),
        Ok(missing) => checks.warn(
            "indexes",
            format!(
                "staging lacks {}, because a first load did not end; queries that need them are slow",
                text::index_names(&missing)
            ),
            &if missing.iter().all(|index| index.ours) {
                format!(
                    "`{}` or `{}`; both create them after the last row",
                    advice::command("retry"),
                    advice::command("run")
                )
            } else {
                format!("only the owner of staging can create them, as that role: {}", advice::command("run"))
            },
        ),
        Err(error) => checks.fail("indexes", &error),
    }
}

async fn check_privileges(loaded: &Loaded, client: &Connection, role: &str, checks: &mut Checks) {
    match privileges::missing(client, &loaded.settings).await {
        Ok(grants) if grants.is_empty() => {
            checks.ok("privileges", format!("{role} has all necessary privileges"));
        }
        Ok(grants) => checks.fail(
            "privileges",
            &EtlError::new(
                codes::DATABASE_PRIVILEGE,
                format!("{role} lacks privileges"),
            )
            .help(format!("{};", grants.join(";\n"))),
        ),
        Err(error) => checks.fail("privileges", &error),
    }
}
