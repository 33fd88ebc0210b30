//! The command that a user types again after a failure. A run is not among these, because `retry` resumes it.

use clap::ValueEnum;
use jobinsight_core::advice::quoted;

use super::args::{Command, ImportArgs};
use super::table_args::{DistributeArgs, PartitionArgs};

/// The command that was typed, if a user types it again after a failure. `None` for a run, because `retry` resumes it.
pub(super) fn again(command: &Command) -> Option<String> {
    match command {
        Command::Import(args) => Some(import(args)),
        Command::Partition(args) => Some(partition(args)),
        Command::Distribute(args) => Some(distribute(args)),
        Command::Run(args) if args.dry_run => Some("run --dry-run".to_owned()),
        Command::Demo { keep } => Some(if *keep { "demo --keep" } else { "demo" }.to_owned()),
        _ => None,
    }
}

/// `--by` has one value, which is the default.
fn partition(args: &PartitionArgs) -> String {
    let dry_run = if args.dry_run { " --dry-run" } else { "" };
    format!("partition --parts {}{dry_run}", args.parts)
}

fn distribute(args: &DistributeArgs) -> String {
    let dry_run = if args.dry_run { " --dry-run" } else { "" };
    format!("distribute{dry_run}")
}

fn import(args: &ImportArgs) -> String {
    let format = args.input_format.and_then(|form| form.to_possible_value());
    let delimiter = args.delimiter.map(|byte| match byte {
        b'\t' => "tab".to_owned(),
        byte => char::from(byte).to_string(),
    });
    let options = [
        (
            "--input-format",
            format.map(|form| form.get_name().to_owned()),
        ),
        ("--delimiter", delimiter),
        (
            "--encoding",
            args.encoding.map(|encoding| encoding.name().to_owned()),
        ),
    ];
    let mut words = vec!["import".to_owned()];
    for (flag, value) in options {
        words.extend(value.map(|value| format!("{flag} {}", quoted(&value))));
    }
    words.extend(args.create.then(|| "--create".to_owned()));
    let files = args.files.iter();
    words.extend(files.map(|file| quoted(&file.to_string_lossy()).into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::cli::args::Cli;

    #[test]
    fn a_failed_command_that_is_not_a_run_is_typed_again_with_its_options() {
        let typed = |words: &[&str]| {
            let matches = Cli::command().get_matches_from(words);
            again(&Cli::from_arg_matches(&matches).unwrap().command)
        };
        let words = "etl|import|my file.csv|--delimiter|;|--encoding|windows-1258|-|--create";
        let import = typed(&words.split('|').collect::<Vec<_>>()).unwrap();
        assert_eq!(
            import,
            "import --delimiter ';' --encoding windows-1258 --create 'my file.csv' -"
        );
        let words = "etl|import|a.tsv|--delimiter|tab|--input-format|csv";
        let import = typed(&words.split('|').collect::<Vec<_>>()).unwrap();
        assert_eq!(import, "import --input-format csv --delimiter tab a.tsv");
        assert_eq!(typed(&["etl", "demo", "--keep"]).unwrap(), "demo --keep");
        assert_eq!(
            typed(&["etl", "partition", "--parts", "4", "--dry-run"]).unwrap(),
            "partition --parts 4 --dry-run"
        );
        assert_eq!(typed(&["etl", "distribute"]).unwrap(), "distribute");
        assert_eq!(typed(&["etl", "run"]), None);
    }
}
