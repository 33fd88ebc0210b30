//! The command line: arguments, output on the terminal, logging.

mod again;
pub(crate) mod args;
pub(crate) mod completions;
pub(crate) mod contract_args;
pub(crate) mod db_args;
pub(crate) mod invocation;
pub(crate) mod io;
pub(crate) mod json_log;
mod logging;
pub(crate) mod manual;
pub(crate) mod notify_args;
pub(crate) mod rejects_args;
pub(crate) mod run_args;
pub(crate) mod table_args;
