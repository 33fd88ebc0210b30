//! The texts of the demo: what changed, what was rejected, and what to type next.

use jobinsight_core::Result;
use jobinsight_core::settings::Loaded;
use jobinsight_sql::scripts::{COUNT_REJECTS, LIST_EXAMPLES};
use tokio_postgres::Client;

use super::own_server::DATABASE;
use crate::cli::args::Global;
use crate::report::text;

/// A posting of the sample that has a title with much advertising, and a rejected posting.
const EXPLAINED: [(&str, &str); 2] = [
    ("9000302", "the rules that change this posting"),
    ("9000078", "why this posting is rejected"),
];

/// The command as the user typed it, with the options that every command on the same server needs.
pub(super) fn typed(global: &Global) -> String {
    let program = std::env::args_os().next().unwrap_or_default();
    let mut typed = quoted(&program.to_string_lossy());
    let flags = [
        ("--config", &global.config),
        ("--state-dir", &global.state_dir),
    ];
    for (flag, path) in flags {
        if let Some(path) = path {
            typed = format!("{typed} {flag} {}", quoted(&path.to_string_lossy()));
        }
    }
    typed
}

/// A word that a shell reads as it is.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,=".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The commands for a user who has seen the demo.
pub(super) fn next(is_kept: bool, typed: &str) -> String {
    if is_kept {
        return kept(typed);
    }
    lines(
        "\nNext (the command is this program; `cargo install --locked --path runner` puts it on your PATH)\n",
        &[
            (
                "jobinsight demo --keep",
                "the server keeps running, so that you can look at its tables",
            ),
            ("jobinsight phases", "the phases and their settings"),
            (
                "export DATABASE_URL=postgresql://user:password@host/database",
                "",
            ),
            (
                "jobinsight import --create FILE.csv",
                "your own postings: CSV, JSON Lines or Parquet",
            ),
            ("jobinsight run", "clean them"),
        ],
    )
}

/// The commands that work on the server of a demo that was kept.
pub(super) fn kept(typed: &str) -> String {
    let mut first = lines(
        &format!(
            "\nThe server keeps running. The database of the demo is {DATABASE}. Type this first:\n"
        ),
        &[(
            &format!("export DATABASE_URL=\"$({typed} db url --database {DATABASE})\""),
            "",
        )],
    );
    let mut next = vec![(
        format!("{typed} status"),
        "the last run, the queue and staging",
    )];
    for (job, what) in EXPLAINED {
        next.push((format!("{typed} explain-row {job}"), what));
    }
    next.extend([
        (
            format!("{typed} db psql -- -d {DATABASE}"),
            "look at jobinsight_staging.staging_jobs",
        ),
        (
            format!("{typed} db stop"),
            "stop the server; `db start` starts it again with its data",
        ),
        (
            format!("{typed} db destroy"),
            "stop the server and delete its data",
        ),
    ]);
    let next: Vec<(&str, &str)> = next
        .iter()
        .map(|(typed, what)| (typed.as_str(), *what))
        .collect();
    first.push_str(&lines("Then:\n", &next));
    first
}

/// One command per line, with its meaning beside it.
fn lines(head: &str, commands: &[(&str, &str)]) -> String {
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

/// Values before and after the run, by field.
pub(super) async fn examples(client: &Client, loaded: &Loaded) -> Result<String> {
    let script = LIST_EXAMPLES.render(&loaded.settings);
    let rows = client
        .query(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "looking for examples"))?;
    let mut table = text::table(&["field", "before", "after"]);
    for row in rows {
        let text = |index: usize| row.get::<_, Option<String>>(index).unwrap_or_default();
        table.add_row([text(0), text(1), text(2)]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_space_or_a_quote_is_quoted_for_the_shell() {
        assert_eq!(quoted("target/debug/jobinsight"), "target/debug/jobinsight");
        assert_eq!(quoted("my state"), "'my state'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
