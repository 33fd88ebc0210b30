//! Every SQL statement of the project runs on a distributed raw table and a distributed staging table (Citus). No registry has the
//! extension, so CI cannot execute them there. This test reads the statements and refuses what Citus refuses.

use std::path::{Path, PathBuf};

use jobinsight_core::Settings;
use jobinsight_sql::scripts::ALL;
use jobinsight_sql::{Script, Value};

use super::problems::problems;
use super::sql_text::words;

/// Statements that are not executed if the raw table or staging is distributed, each with the reason.
const NOT_EXECUTED: [(&str, &str); 9] = [
    (
        "sql/plan/candidate_rows.sql",
        "the writers of distributed rows are transactions of other servers, so no horizon is used",
    ),
    ("sql/plan/plan_candidates.sql", "as candidate_rows.sql"),
    (
        "sql/plan/prepare_fetch.sql",
        "there are no candidates without a horizon",
    ),
    (
        "sql/plan/plan_ranges.sql",
        "the blocks of distributed rows are on other servers, so no batch is a range",
    ),
    ("sql/batch/count_range.sql", "no batch is a range"),
    (
        "sql/publish/settle_repeated.sql",
        "only ranges publish a row twice",
    ),
    (
        "sql/publish/settle_staging.sql",
        "only ranges publish and reject a row",
    ),
    ("sql/publish/settle_rejects.sql", "as settle_staging.sql"),
    (
        "sql/partition/plan_conversion.sql",
        "a distributed table is not converted to partitions",
    ),
];

/// The statements of a script, without comments.
fn statements(sql: &str) -> Vec<String> {
    let without_comments = |(_, statement): (usize, &str)| {
        let lines = statement.lines();
        let lines = lines.filter(|line| !line.trim_start().starts_with("--"));
        let code: Vec<&str> = lines.filter_map(|line| line.split(" --").next()).collect();
        code.join("\n")
    };
    let found = jobinsight_sql::statements::statements(sql).into_iter();
    found.map(without_comments).collect()
}

/// The files of the project with an ending.
fn files(ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = ["core/src", "runner/src", "sql", "phases"]
        .map(|folder| root.join(folder))
        .into();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            if path.ends_with("target") || path.ends_with("tests") || path.ends_with("testing") {
                continue;
            }
            let entries = std::fs::read_dir(&path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
    found
}

/// The SQL files as they are sent when the tables are distributed: first for a first load, then for later runs.
fn rendered(script: Script) -> Vec<String> {
    let settings = Settings::default();
    let sent = |is_first: bool| {
        let on = [
            "has_staging",
            "has_source_hash",
            "has_skills",
            "is_distributed",
        ];
        let values = on.iter().map(|name| (*name, Value::Flag(true)));
        let values: Vec<(&str, Value<'_>)> = values
            .chain([
                ("is_new", Value::Flag(is_first)),
                ("is_joined", Value::Flag(!is_first)),
                ("is_first", Value::Flag(is_first)),
            ])
            .collect();
        script.render_with(&settings, &values).sql().to_owned()
    };
    vec![sent(true), sent(false)]
}

#[test]
fn every_statement_can_run_on_a_distributed_table() {
    let mut wrong = Vec::new();
    let mut read = 0;
    let known: Vec<&str> = ALL.iter().map(|script| script.name).collect();
    for (name, why) in NOT_EXECUTED {
        assert!(known.contains(&name) && !why.is_empty(), "{name}");
    }
    let own = files("sql").into_iter().filter_map(|path| {
        let name = path.to_str()?.to_owned();
        // The files of the folder sql are in the list of scripts.
        let is_listed = name.contains("/../sql/");
        let text = std::fs::read_to_string(path).unwrap();
        (!is_listed).then(|| Script::new(name.leak(), text.leak()))
    });
    let scripts = ALL
        .iter()
        .copied()
        .filter(|script| NOT_EXECUTED.iter().all(|(name, _)| *name != script.name));
    for script in scripts.chain(own) {
        for sql in rendered(script) {
            for statement in statements(&sql) {
                read += 1;
                wrong.extend(
                    problems(&statement)
                        .into_iter()
                        .map(|problem| format!("{}: {problem}", script.name)),
                );
            }
        }
    }
    let changes = scripts_with_changes();
    for path in files("rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or(&text);
        for literal in code.split('"').skip(1).step_by(2) {
            let verbs = [
                "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "CREATE ", "ALTER ", "DROP ",
            ];
            if verbs
                .iter()
                .any(|verb| literal.trim_start().starts_with(verb))
            {
                read += 1;
                wrong.extend(
                    problems(literal)
                        .into_iter()
                        .map(|problem| format!("{}: {problem}", path.display())),
                );
            }
        }
        wrong.extend(sent_at_once(code, &changes).map(|name| format!("{}: {name} has several statements that change a table; use Rendered::apply, because Citus passes on the whole text", path.display())));
    }
    wrong.sort();
    wrong.dedup();
    assert!(read > 400, "only {read} statements were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The scripts with several statements that change a distributed table: the constant and the path.
fn scripts_with_changes() -> Vec<(String, &'static str)> {
    let is_change = |statement: &String| {
        let first = words(statement).first().cloned().unwrap_or_default();
        ["create", "alter", "drop", "do"].contains(&first.as_str())
            && statement.contains("staging_jobs")
    };
    let changes = |script: &&Script| {
        let statements = statements(script.text);
        statements.into_iter().filter(is_change).count() > 1
    };
    let scripts = ALL.iter().filter(changes);
    let named = scripts.filter_map(|script| {
        let file = script.name.rsplit('/').next()?;
        Some((file.trim_end_matches(".sql").to_uppercase(), script.name))
    });
    named.collect()
}

/// Which of these scripts a Rust file sends in one text.
fn sent_at_once<'a>(
    code: &'a str,
    scripts: &'a [(String, &'static str)],
) -> impl Iterator<Item = &'static str> + 'a {
    let is_sent = |constant: &String| {
        let rendered = format!("= {constant}.render");
        code.split_once(&rendered).is_some_and(|(before, after)| {
            let variable = before.rsplit("let ").next().unwrap_or_default().trim();
            after.contains(&format!("batch_execute({variable}.sql())"))
        })
    };
    let sent = scripts
        .iter()
        .filter(move |(constant, _)| is_sent(constant));
    sent.map(|(_, name)| *name)
}

#[test]
fn several_changes_in_one_text_are_found() {
    let at_once =
        "let indexes = CREATE_INDEXES.render(settings); client.batch_execute(indexes.sql()).await";
    assert_eq!(
        sent_at_once(at_once, &scripts_with_changes()).collect::<Vec<_>>(),
        ["sql/schema/create_indexes.sql"]
    );
}
