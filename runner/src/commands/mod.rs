//! The commands, one file for each.

mod config;
mod contract;
mod db;
mod demo;
mod distribute;
mod doctor;
mod dry_run;
mod explain;
mod explain_row;
mod import;
mod import_rejects;
mod metrics;
mod notify;
mod other_rules;
mod partition;
mod phases;
mod rejects;
mod report;
mod rule_change;
mod rules;
mod run;
mod runs;
mod schemas;
mod staging_layout;
mod status;
mod wait;

use jobinsight_core::Result;

use crate::cli::args::{Cli, Command};
use crate::cli::db_args::DbCommand;
use crate::cli::notify_args::NotifyCommand;
use crate::cli::{completions, io, manual};

/// Runs the command of the command line. Returns the exit code.
pub(crate) async fn dispatch(cli: Cli) -> u8 {
    let format = cli.global.format;
    let result: Result<u8> = match cli.command {
        Command::Demo { keep } => Box::pin(demo::demo(&cli.global, keep)).await,
        Command::Run(args) => run::run(&cli.global, &args).await,
        Command::Retry(args) => run::retry(&cli.global, &args).await,
        Command::Runs(command) => runs::runs(&cli.global, &command).await,
        Command::Status => status::status(&cli.global).await,
        Command::Report(args) => report::report(&cli.global, &args).await,
        Command::Metrics => metrics::metrics(&cli.global).await,
        Command::Notify(NotifyCommand::Test) => notify::test(&cli.global).await,
        Command::Rejects(command) => rejects::rejects(&cli.global, &command).await,
        Command::Doctor => doctor::doctor(&cli.global).await,
        Command::Explain { code } => explain::explain(&cli.global, code.as_deref()),
        Command::ExplainRow(args) => explain_row::explain_row(&cli.global, &args).await,
        Command::Import(args) => import::import(&cli.global, args).await,
        Command::Wait(args) => wait::wait(&cli.global, &args.at_most).await,
        Command::Distribute(args) => distribute::distribute(&cli.global, &args).await,
        Command::Partition(args) => partition::partition(&cli.global, &args).await,
        Command::Phases { name, more } => phases::phases(&cli.global, name.as_deref(), &more.with),
        Command::Rules(command) => rules::rules(&cli.global, &command),
        Command::Config(command) => config::config(&cli.global, &command),
        Command::Contract(command) => contract::contract(&cli.global, &command).await,
        Command::Db(DbCommand::Start) => db::start(&cli.global).await,
        Command::Db(DbCommand::Stop) => db::stop(&cli.global).await,
        Command::Db(DbCommand::Destroy) => db::destroy(&cli.global).await,
        Command::Db(DbCommand::Url { database }) => db::url(&cli.global, &database).await,
        Command::Db(DbCommand::Psql { args }) => db::psql(&cli.global, &args).await,
        Command::Schemas => Ok(schemas::schemas()),
        Command::Completions { shell } => {
            io::print(&completions::completions(shell));
            Ok(0)
        }
        Command::Man { folder: None } => {
            io::print(&manual::page());
            Ok(0)
        }
        Command::Man {
            folder: Some(folder),
        } => manual::write(&folder).map(|()| 0),
    };
    result.unwrap_or_else(|error| io::fail(error, format))
}
