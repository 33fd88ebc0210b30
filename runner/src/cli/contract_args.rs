//! The command line of `jobinsight contract`.

use clap::{Subcommand, ValueEnum};
use schemars::JsonSchema;
use serde::Serialize;

/// The commands of `jobinsight contract`.
#[derive(Debug, Subcommand)]
pub(crate) enum ContractCommand {
    /// Compare the tables with their contracts; exits with 4 if the raw table breaks its contract, and with 3 if staging does
    Check {
        /// Table [default: both]
        #[arg(value_enum, value_name = "TABLE")]
        table: Option<ContractTable>,
    },
    /// Print a contract in the Open Data Contract Standard, or a file of the dbt package
    Show {
        /// File
        #[arg(value_enum, value_name = "FILE")]
        file: ContractFile,
    },
}

/// A table with a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContractTable {
    /// The raw table
    Raw,
    /// The staging table
    Staging,
}

impl ContractTable {
    /// The name on the command line and in JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Staging => "staging",
        }
    }
}

/// A file that `jobinsight contract show` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ContractFile {
    /// The contract of the raw table
    Raw,
    /// The contract of the staging table
    Staging,
    /// The sources of dbt: sources.yml
    DbtSources,
    /// The properties of the dbt model: models.yml
    DbtModels,
}
