//! The texts of the demo: what changed, what was rejected, and what to type next.

use jobinsight_core::settings::Loaded;
use jobinsight_core::{Result, advice};
use jobinsight_sql::scripts::{COUNT_REJECTS, LIST_EXAMPLES, MEDIAN_PAY};
use tokio_postgres::Client;
use uuid::Uuid;

use super::own_server::DATABASE;
use crate::report::text;

/// A posting of the sample that has a title with much advertising, and a rejected posting.
const EXPLAINED: [(&str, &str); 2] = [
    ("9000302", "the rules that change this posting"),
    ("9000078", "why this posting is rejected"),
];

/// The commands for a user who has seen the demo.
pub(super) fn next(is_kept: bool) -> String {
    if is_kept {
        return kept();
    }
    lines(
        "\nNext (the command is this program; `cargo install --locked --path runner` puts it on your PATH)\n",
        &[
            (
                advice::command("demo --keep"),
                "the server keeps running, so that you can look at its tables",
            ),
            (advice::command("phases"), "the phases and their settings"),
            (
                "export DATABASE_URL=postgresql://user:password@host/database".to_owned(),
                "",
            ),
            (
                advice::command("import --create FILE.csv"),
                "your own postings: CSV, JSON Lines or Parquet",
            ),
            (advice::command("run"), "clean them"),
        ],
    )
}

/// The commands that work on the server of a demo that was kept.
pub(super) fn kept() -> String {
    let url = advice::command(format!("db url --database {DATABASE}"));
    let mut first = lines(
        &format!(
            "\nThe server keeps running. The database of the demo is {DATABASE}. Type this first:\n"
        ),
        &[(format!("export DATABASE_URL=\"$({url})\""), "")],
    );
    let mut next = vec![(
        advice::command("status"),
        "the last run, the queue and staging",
    )];
    for (job, what) in EXPLAINED {
        next.push((advice::command(format!("explain-row {job}")), what));
    }
    next.extend([
        (
            advice::command(format!("db psql -- -d {DATABASE}")),
            "look at jobinsight_staging.staging_jobs",
        ),
        (
            advice::command("db stop"),
            "stop the server; `db start` starts it again with its data",
        ),
        (
            advice::command("db destroy"),
            "stop the server and delete its data",
        ),
    ]);
    first.push_str(&lines("Then:\n", &next));
    first
}

/// One command per line, with its meaning beside it.
fn lines(head: &str, commands: &[(String, &str)]) -> String {
    let explained = commands.iter().filter(|(_, what)| !what.is_empty());
    let width = explained
        .map(|(typed, _)| typed.chars().count())
        .max()
        .unwrap_or(0);
    let mut text = head.to_owned();
    for (typed, what) in commands {
        let line = format!("  {typed:width$}   {what}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The rows that are searched for examples. The sample has fewer.
const SEARCHED: i64 = 10_000;

/// Values before and after the run, by field.
pub(super) async fn examples(client: &Client, loaded: &Loaded) -> Result<String> {
    let script = LIST_EXAMPLES.render(&loaded.settings);
    let rows = client
        .query(script.sql(), &[&None::<Uuid>, &SEARCHED])
        .await
        .map_err(|error| script.error(error, "looking for examples"))?;
    let mut table = text::table(&["field", "before", "after"]);
    for row in rows {
        let text = |index: usize| row.get::<_, Option<String>>(index).unwrap_or_default();
        table.add_row([text(0), text(1), text(2)]);
    }
    Ok(format!("{table}\n"))
}

/// The phase that answers the question.
pub(super) const FACTS: &str = "job_facts";

/// The question that the demo answers from the facts of postings.
pub(super) const QUESTION: &str =
    "\nA question to the view jobs: the median monthly pay of senior Java jobs by province\n";

/// The answer to the question.
pub(super) async fn answer(client: &Client, loaded: &Loaded) -> Result<String> {
    let script = MEDIAN_PAY.render(&loaded.settings);
    let rows = client
        .query(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "asking the view of facts"))?;
    let mut table = text::table(&["province", "postings", "median in million VND"]);
    for row in rows {
        table.add_row([row.get(0), row.get::<_, i64>(1).to_string(), row.get(2)]);
    }
    Ok(format!("{table}\n"))
}

/// The rejected rows of the sample, by reason.
pub(super) async fn rejects(client: &Client, loaded: &Loaded) -> Result<String> {
    let script = COUNT_REJECTS.render(&loaded.settings);
    let rows = client
        .query(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "listing rejects"))?;
    let mut table = text::table(&["reason", "field", "rows", "such as"]);
    for row in rows {
        table.add_row([
            row.get(0),
            row.get(1),
            row.get::<_, i64>(2).to_string(),
            row.get(3),
        ]);
    }
    Ok(format!("{table}\n"))
}
