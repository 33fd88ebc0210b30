//! Every error code: what it means and how to mend it. `jobinsight explain` and docs/04 say these words.

/// A code.
pub(crate) struct Code {
    pub(crate) code: &'static str,
    pub(crate) exit: &'static str,
    pub(crate) means: &'static str,
    pub(crate) mend: &'static str,
}

const fn code(
    code: &'static str,
    exit: &'static str,
    means: &'static str,
    mend: &'static str,
) -> Code {
    Code {
        code,
        exit,
        means,
        mend,
    }
}

/// All of them, by code.
#[rustfmt::skip] // a line a thing reads as the table that it is
pub(crate) const CODES: &[Code] = &[
    code("jobinsight::batch::lost", "5", "a batch was given to another process, as this one gave no sign of life for 30 s; the lane lets go of it, and the run goes on", "look at what kept the process from working: a frozen machine, no CPU, a silent network"),
    code("jobinsight::contract::encoding", "4", "the encoding of the database is another than UTF8: it has no place for all letters of Vietnamese", "dump the database, and restore it into one that has it: createdb --template=template0 --encoding=UTF8 NAME"),
    code("jobinsight::contract::missing_column", "4", "the raw table lacks a column that was agreed on, or it has another name; the difference is shown, nothing was written", "give the column its name back: ALTER TABLE raw_jobs RENAME COLUMN NEW TO OLD; a view can't stand for the table, as it has no key"),
    code("jobinsight::contract::missing_table", "4", "the raw table is not in this database", "check [raw] schema and table; to make it: jobinsight import --create FILE"),
    code("jobinsight::contract::no_key", "4", "job_id of the raw table is not unique: a posting could stand twice", "ALTER TABLE raw_jobs ADD PRIMARY KEY (job_id); a view has no key: name the table below it in [raw]"),
    code("jobinsight::contract::wrong_type", "4", "a column of the raw table has a type that can't be read as agreed", "change it back: ALTER TABLE raw_jobs ALTER COLUMN NAME TYPE AGREED; a view can't stand for the table, as it has no key"),
    code("jobinsight::database::cancelled", "1", "somebody cancelled our statement (pg_cancel_backend)", "ask who; then: jobinsight retry"),
    code("jobinsight::database::conflict", "75", "a serialization failure or deadlock came back three times", "see which other job writes the same tables; then: jobinsight retry"),
    code("jobinsight::database::connection", "75", "the server can't be reached: it does not run, the address is wrong, or the network is cut; a run that was on waited for it as long as ETL_TIMEOUT allows", "psql \"$DATABASE_URL\" -c 'select 1'; when it answers: jobinsight retry"),
    code("jobinsight::database::data", "1", "PostgreSQL refused a value and no single row could be named; rows that can be named are rejected instead", "the message names statement and line; please report it"),
    code("jobinsight::database::disk_full", "1", "the server's disk is full; no row was rejected for it, and nothing half was published", "free space on the server, then: jobinsight retry"),
    code("jobinsight::database::failed", "1", "PostgreSQL refused a statement; the message points at the line of the .sql file", "read the message; where the schema was changed by hand, undo it"),
    code("jobinsight::database::lock_timeout", "1", "another session holds a lock for longer than lock_timeout; the message names its backend and query", "end that session, or wait; then: jobinsight retry; or raise ETL_LOCK_TIMEOUT"),
    code("jobinsight::database::login", "2", "user, password or database is refused, or pg_hba.conf lets no such connection in", "jobinsight config show --origin says where they come from; behind `hostssl`, sslmode must not be disable"),
    code("jobinsight::database::none", "2", "nothing says where PostgreSQL is", "export DATABASE_URL=postgresql://user:password@host:5432/database; or try jobinsight demo"),
    code("jobinsight::database::pooler", "2", "a pooler in transaction mode (PgBouncer) stands before PostgreSQL: there the lock on runs can't be held", "connect to PostgreSQL itself, or to a pool with pool_mode = session"),
    code("jobinsight::database::port", "2", "a port in the environment is none", "allowed: 1 to 65535"),
    code("jobinsight::database::privilege", "1", "the role may not do what the message names", "the help holds the exact GRANTs; jobinsight doctor shows them, too"),
    code("jobinsight::database::read_only", "2", "the server is a read-only standby, or the database is set read-only", "connect to the primary"),
    code("jobinsight::database::restarting", "75", "the server shuts down or starts up, and did not come back in ETL_TIMEOUT", "when it is back: jobinsight retry"),
    code("jobinsight::database::secret_file", "2", "a NAME_FILE variable names a file that can't be read", "check the path and who may read it"),
    code("jobinsight::database::service", "2", "PGSERVICE names a service that stands in no service file", "check PGSERVICEFILE or ~/.pg_service.conf"),
    code("jobinsight::database::silent", "75", "the server did not answer the simplest question for 15 s; connections were given up and made anew for as long as ETL_TIMEOUT allows", "look at the network: firewalls drop idle connections in silence; then: jobinsight retry"),
    code("jobinsight::database::statement_timeout", "1", "a statement took longer than statement_timeout, or what the run may last; the message names phase and limit", "raise ETL_STATEMENT_TIMEOUT or ETL_TIMEOUT, or lower ETL_BATCH_SIZE; then: jobinsight retry"),
    code("jobinsight::database::tls", "2", "TLS as sslmode asks for it can't be had: no TLS on the server, another authority, another name, or a certificate file that can't be read; it is never done without instead", "the help says which of these to mend: ssl of the server, sslmode, sslrootcert; openssl s_client -starttls postgres -connect HOST:5432 shows the server's certificate"),
    code("jobinsight::database::too_many_connections", "75", "the server has no connection left for us", "lower ETL_MAX_WORKERS (max_workers + 3 are used), or raise max_connections or the role's limit"),
    code("jobinsight::database::url", "2", "what says where PostgreSQL is can't be read; the text is not repeated, as it may hold a password", "postgresql://user:password@host:5432/database; signs such as @ / % in a password are written %40 %2F %25"),
    code("jobinsight::demo::sample", "1", "the sample can't be unpacked", "free space in the folder for temporary files, or set TMPDIR"),
    code("jobinsight::doctor::ailing", "1, 2, 4, 75", "a check of jobinsight doctor failed; the exit code is that of the worst", "each check says what to type"),
    code("jobinsight::explain::unknown", "2", "there is no such code", "jobinsight explain lists all"),
    code("jobinsight::explain_row::unknown", "2", "no raw row has the key that explain-row was asked about", "check the key: it is job_id of the raw table; or give the texts: jobinsight explain-row --title TEXT"),
    code("jobinsight::import::database", "1", "the import was refused by the database", "the message holds PostgreSQL's words"),
    code("jobinsight::import::duplicate_column", "2", "a column stands twice in the file's header", "rename or drop one of them"),
    code("jobinsight::import::failed", "1", "the import did not end well", "the message names file and line"),
    code("jobinsight::import::format", "2", "what kind of file it is can't be told", "say it: --input-format csv, jsonl or parquet"),
    code("jobinsight::import::missing_key", "2", "the file has no column job_id", "give the key its name"),
    code("jobinsight::import::missing_table", "2", "the table to import into is not there", "jobinsight import --create FILE"),
    code("jobinsight::import::no_primary_key", "2", "the table to import into has no primary key to upsert by", "ALTER TABLE raw_jobs ADD PRIMARY KEY (job_id)"),
    code("jobinsight::import::open", "2", "the file can't be opened", "check the path and who may read it"),
    code("jobinsight::import::read", "1", "the file can't be read to its end", "check the disk; committed batches stay, import it again"),
    code("jobinsight::internal::bug", "1", "a defect of ours, or of a phase, which is named; a panic is one", "report it with the log; what was committed stays: jobinsight retry"),
    code("jobinsight::phases::broken_promise", "1", "a phase handed on a batch that lacks a column which it must give or hand on, or in which rows are missing that are not among its rejects; the phase is named, nothing of the batch was published", "mend the phase: GIVES and DROPS of its plug-in say which columns it adds and leaves out; then: jobinsight retry"),
    code("jobinsight::phases::choice", "2", "the phases chosen by --from, --until, --only, --skip can't work; the message says what is missing and who gives it", "jobinsight run --dry-run with the same flags; jobinsight phases"),
    code("jobinsight::phases::duplicate", "1", "two linked crates register one name", "rename one of them, or link only one"),
    code("jobinsight::phases::missing_column", "2", "a phase needs a batch column that no phase before it gives", "put the phase that gives it before it in `pipeline`"),
    code("jobinsight::phases::needs", "2", "a phase of `pipeline` needs what no phase before it gives; the message says what, and who gives it", "put the phase that gives it before it in `pipeline`; jobinsight phases"),
    code("jobinsight::phases::order", "2", "the order of `pipeline` can't work; the message says what is missing", "jobinsight phases shows what each takes and gives"),
    code("jobinsight::phases::unknown", "2", "a phase is named, in `pipeline` or on the command line, that is not linked", "jobinsight phases"),
    code("jobinsight::postgres::missing", "1", "no PostgreSQL on this machine for the embedded server, and none could be fetched", "the message names the commands to install it"),
    code("jobinsight::postgres::no_user", "1", "PostgreSQL can't run as root, and there is neither a user postgres nor nobody", "run as another user, or: useradd --system postgres"),
    code("jobinsight::postgres::not_started", "2", "the embedded PostgreSQL does not run", "jobinsight db start"),
    code("jobinsight::postgres::psql", "1", "psql can't be run", "apt-get install postgresql-client"),
    code("jobinsight::postgres::start", "1", "the embedded PostgreSQL did not start; the message holds the end of its log", "every folder above its own must be open to its user; choose another: --state-dir"),
    code("jobinsight::postgres::stop", "1", "the embedded PostgreSQL did not stop", "the message holds pg_ctl's words"),
    code("jobinsight::quality::integrity", "3", "more rows were rejected than integrity_threshold allows, of the run and of runs before it that did not end well; batches before stay published, none after is", "look at the rows that the message names; mend the source, or let them be kept out: the help names the ETL_INTEGRITY_THRESHOLD to type before jobinsight retry"),
    code("jobinsight::quality::too_few_rows", "3", "the raw table has fewer rows than upstream.min_rows: a crawl that failed must not pass for the world", "look at the crawl; when it is right: ETL_UPSTREAM__MIN_ROWS=0 jobinsight retry"),
    code("jobinsight::quality::unaccounted", "3", "raw rows are not the sum of new, updated, unchanged, rejected and left", "is a loading and a saving phase in `pipeline`? else it is a defect: report it"),
    code("jobinsight::rejects::unknown", "2", "no rejected row has that key", "jobinsight rejects list"),
    code("jobinsight::rules::bad_line", "2", "a line of a file in rules_dir is no rule; file, line and reason are shown", "jobinsight rules show TABLE shows lines that are right, and how they are written; jobinsight rules list checks all files"),
    code("jobinsight::rules::unknown_table", "2", "a file in rules_dir has the name of no table, or `rules show` was asked for one that is not there", "jobinsight rules list shows the tables; the file of a table is TABLE.txt"),
    code("jobinsight::rules::unreadable", "2", "rules_dir, or a file in it, can't be read, or is no UTF-8", "check the path (it is seen from the working directory) and who may read it, or leave rules_dir out"),
    code("jobinsight::run::cancelled", "1", "a phase was stopped because another failed; that one's error is the run's", "see the run's own error: jobinsight runs show"),
    code("jobinsight::run::differs", "2", "the run that is on works under other settings than those given to --join", "jobinsight config show --origin on both; join with the same rules, pipeline, tables and phase settings"),
    code("jobinsight::run::interrupted", "130, 143", "Ctrl-C or SIGTERM; statements were cancelled, what was committed stays", "jobinsight retry"),
    code("jobinsight::run::locked", "5", "another run works on this schema; the message names run, backend, address and its last sign of life", "wait for it, or help it: jobinsight run --join; a holder without a sign of life for 30 s is taken over by the next run"),
    code("jobinsight::run::no_queue", "2", "the chosen phases work on a queue that is filled already, and nothing of use is left in it", "let the phase that fills it work too: jobinsight run"),
    code("jobinsight::run::superseded", "2", "a later run planned the work of the named run anew", "what is left is found by comparing: jobinsight run"),
    code("jobinsight::run::taken_over", "5", "another run took over, as this one gave no sign of life for 30 s; what it had not committed is not published by it", "jobinsight runs list shows who did; look at what froze this process"),
    code("jobinsight::run::timeout", "1", "the whole run took longer than timeout; what was committed stays", "raise ETL_TIMEOUT; then: jobinsight retry"),
    code("jobinsight::run::unknown", "2", "the ledger knows no one run of that name", "jobinsight runs list"),
    code("jobinsight::run::work_lost", "75", "the server crashed, and the work table, which is not logged, is empty since; a whole run plans what is left anew by itself, three times at most; one of chosen phases, or one that was joined, ends", "jobinsight retry"),
    code("jobinsight::schema::outdated", "1", "[phases.schema_setup] read_only is set, and a script would have to be applied", "let a role with CREATE run once without read_only"),
    code("jobinsight::settings::invalid", "2", "a setting's value is not allowed; the message shows the file's line or the variable, and what is allowed", "jobinsight config show --origin"),
    code("jobinsight::settings::no_file", "2", "the settings file that was named is not there", "check --config or JOBINSIGHT_CONFIG"),
    code("jobinsight::settings::unknown_key", "2", "there is no such setting; the nearest is named", "jobinsight config show"),
    code("jobinsight::settings::unknown_phase", "2", "a section [phases.NAME] names no phase that is linked", "jobinsight phases"),
    code("jobinsight::spill::write", "", "a batch that failed could not be kept on disk (a warning): its retry loads and processes it anew", "free space in the state directory"),
    code("jobinsight::state::not_writable", "2", "the state directory can't be written; this is said before any work", "choose another: --state-dir DIR, or ETL_STATE_DIR"),
];

/// The code of that name, or of that ending.
pub(crate) fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|known| known.code == name).or_else(|| {
        CODES
            .iter()
            .find(|known| known.code.ends_with(&format!("::{name}")))
    })
}

/// The table of docs/04.
#[cfg(test)]
fn table() -> String {
    use std::fmt::Write;
    let mut text =
        String::from("| code | exit | what it means | what to do |\n|---|---|---|---|\n");
    for known in CODES {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            known.code,
            known.exit,
            known.means,
            known.mend.replace('|', "\\|")
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") && !path.ends_with("tests") {
                sources(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("codes.rs")
            {
                into.push(path);
            }
        }
    }

    #[test]
    fn every_code_is_here_and_every_code_here_is_one() {
        let mut files = Vec::new();
        for dir in ["core", "sql", "phases", "runner"] {
            sources(&root().join(dir), &mut files);
        }
        let mut used = BTreeSet::new();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap();
            for (at, _) in text.match_indices("jobinsight::") {
                let code: String = text[at..]
                    .chars()
                    .take_while(|c| c.is_ascii_lowercase() || "_:".contains(*c))
                    .collect();
                if code.split("::").filter(|part| !part.is_empty()).count() == 3 {
                    used.insert(code);
                }
            }
        }
        let known: BTreeSet<String> = CODES.iter().map(|known| known.code.to_owned()).collect();
        assert_eq!(used, known);
    }

    #[test]
    fn the_guide_says_the_same_words() {
        let file = root().join("docs/04-troubleshooting.md");
        let text = std::fs::read_to_string(&file).unwrap();
        let (begin, end) = ("<!-- codes:begin -->\n", "<!-- codes:end -->");
        let (from, to) = (
            text.find(begin).unwrap() + begin.len(),
            text.find(end).unwrap(),
        );
        assert_eq!(
            &text[from..to],
            table(),
            "cargo xtask docs --write writes it"
        );
    }
}
