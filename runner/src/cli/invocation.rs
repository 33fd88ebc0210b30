//! How this process was called, for the commands in advice: see [`jobinsight_core::advice`].

use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory};
use jobinsight_core::advice::{self, Invocation, RunOption, quoted};
use jobinsight_core::database::{Target, TargetOrigin};
use jobinsight_core::settings::Flag;

use super::again::again;
use super::args::{Cli, Command, Global};
use super::run_args::with_defaults;

/// The exit codes, as `--help` shows them.
const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 usage or settings, 3 quality gate, 4 contract of raw_jobs broken,\n5 another run holds the lock, 75 temporary failure (try again), 130 and 143 interrupted";

/// The flag of `retry` that is not a setting.
const CURRENT_SETTINGS: &str = "--current-settings";

/// The command line of a program that was called by this name.
pub(crate) fn command_line(program: &str) -> clap::Command {
    let demo = format!("Start with: {} demo\n", quoted(program));
    with_defaults(Cli::command()).after_help(demo + EXIT_CODES)
}

/// The name by which this program was called, without its directory.
pub(crate) fn called_name() -> String {
    let called = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&called).file_name().unwrap_or(&called);
    name.to_string_lossy().into_owned()
}

/// Sets how this process was called: the name of the program and the options that were typed.
pub(crate) fn set(cli: &Cli, matches: &ArgMatches, program: &str) {
    let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let (run, retry) = typed(&cli.command);
    advice::set(Invocation {
        program: quoted(program).into_owned(),
        global: global(&cli.global, is_typed),
        run,
        retry,
        again: again(&cli.command),
    });
}

/// The options that advice to `run` and advice to `retry` repeat.
fn typed(command: &Command) -> (Vec<RunOption>, Vec<RunOption>) {
    match command {
        Command::Run(args) => (options(args.typed()), Vec::new()),
        Command::Retry(args) => {
            let run = options(args.flags());
            let current = args.current_settings.then(|| RunOption {
                text: CURRENT_SETTINGS.to_owned(),
                excluded_by: vec![CURRENT_SETTINGS],
            });
            let retry = run.iter().cloned().chain(current).collect();
            (run, retry)
        }
        _ => (Vec::new(), Vec::new()),
    }
}

/// The global options that were typed. The format of the output is not repeated, because it does not change what a command
/// does.
fn global(global: &Global, is_typed: impl Fn(&str) -> bool) -> Vec<String> {
    let path = |path: &std::path::Path| quoted(&path.to_string_lossy()).into_owned();
    let typed = [
        ("config", "--config", global.config.as_deref().map(path)),
        (
            "database_url",
            "--database-url",
            global.database_url.as_deref().map(address),
        ),
        (
            "state_dir",
            "--state-dir",
            global
                .state_dir
                .as_deref()
                .map(|dir| quoted(dir).into_owned()),
        ),
        (
            "log_level",
            "--log-level",
            global
                .log_level
                .as_deref()
                .map(|level| quoted(level).into_owned()),
        ),
    ];
    typed
        .into_iter()
        .filter(|(id, ..)| is_typed(id))
        .filter_map(|(_, flag, value)| Some(format!("{flag} {}", value?)))
        .collect()
}

/// The address, if it has no secret. Otherwise a variable of the shell, because advice is printed and stored.
fn address(url: &str) -> String {
    let is_open =
        Target::parse(url, TargetOrigin::Flag).is_ok_and(|target| target.password().is_none());
    if is_open && !url.to_lowercase().contains("password") {
        quoted(url).into_owned()
    } else {
        "\"$DATABASE_URL\"".to_owned()
    }
}

/// The settings of a run that were typed.
fn options(flags: Vec<Flag>) -> Vec<RunOption> {
    let option = |Flag { flag, value, .. }: Flag| {
        let text = match &value {
            serde_json::Value::Bool(is_on) => format!("{flag}={is_on}"),
            serde_json::Value::String(text) => format!("{flag} {}", quoted(text)),
            value => format!("{flag} {value}"),
        };
        let excluded_by = match flag {
            "--only-unprocessed" => vec![flag, "--fill"],
            "--limit" | "--as-of" => vec![flag, "--join"],
            _ => vec![flag],
        };
        RunOption { text, excluded_by }
    };
    flags.into_iter().map(option).collect()
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    /// The command that advice names for these arguments, after this command line.
    fn after(words: &[&str], arguments: &str) -> String {
        let matches = Cli::command().get_matches_from(words);
        let cli = Cli::from_arg_matches(&matches).unwrap();
        let (run, retry) = typed(&cli.command);
        Invocation {
            program: words[0].to_owned(),
            global: global(&cli.global, |id| {
                matches.value_source(id) == Some(ValueSource::CommandLine)
            }),
            run,
            retry,
            again: None,
        }
        .command(arguments)
    }

    #[test]
    fn advice_repeats_the_options_that_were_typed_before_and_after_the_command() {
        let words = [
            "./etl",
            "--state-dir",
            "my dir",
            "run",
            "--rules",
            "v1",
            "--config",
            "a.toml",
        ];
        assert_eq!(
            after(&words, "retry"),
            "./etl --config a.toml --state-dir 'my dir' retry"
        );
        assert_eq!(
            after(&words, "run"),
            "./etl --config a.toml --state-dir 'my dir' run --rules v1"
        );
        assert_eq!(after(&["jobinsight", "run"], "retry"), "jobinsight retry");
    }

    #[test]
    fn advice_to_retry_repeats_the_options_of_the_retry() {
        let words = [
            "etl",
            "retry",
            "01ab",
            "--rules",
            "v1",
            "--current-settings",
        ];
        assert_eq!(
            after(&words, "retry 01ab"),
            "etl retry 01ab --rules v1 --current-settings"
        );
        assert_eq!(
            after(&words, "retry --current-settings"),
            "etl retry --current-settings --rules v1"
        );
        assert_eq!(after(&words, "run"), "etl run --rules v1");
        let words = ["etl", "run", "--rules", "v1"];
        assert_eq!(after(&words, "retry"), "etl retry", "the run recorded them");
    }

    #[test]
    fn advice_contains_no_secret() {
        let with = |url| after(&["etl", "--database-url", url, "run"], "retry");
        assert_eq!(
            with("postgresql://me@db:5432/jobs?sslmode=require"),
            "etl --database-url 'postgresql://me@db:5432/jobs?sslmode=require' retry"
        );
        for secret in [
            "postgresql://me:s3cret@db/jobs",
            "postgresql://me@db/jobs?password=s3cret",
            "host=db password=s3cret",
            "postgresql://me:s3cret@db:port/jobs",
        ] {
            assert_eq!(with(secret), "etl --database-url \"$DATABASE_URL\" retry");
        }
    }

    #[test]
    fn advice_for_a_run_is_a_command_line_that_is_accepted() {
        let typed = [
            "etl",
            "run",
            "--limit",
            "5",
            "--as-of",
            "2026-01-01T00:00:00Z",
            "--only-unprocessed",
        ];
        for arguments in [
            "run",
            "run --join",
            "run --fill seniority",
            "run --only-unprocessed=false",
            "retry",
            "run --only data_saving",
        ] {
            let command = after(&typed, arguments);
            let words = command.split(' ');
            assert!(
                Cli::command().try_get_matches_from(words).is_ok(),
                "{command}"
            );
        }
    }
}
