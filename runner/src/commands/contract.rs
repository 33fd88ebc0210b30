//! `jobinsight contract`: the data contracts of the raw table and of staging, and files that describe both to other programs.

use std::fmt::Write as _;

use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Kind, Result, database};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::IsolationLevel;

use crate::cli::args::{Global, OutputFormat};
use crate::cli::contract_args::{ContractCommand, ContractFile, ContractTable};
use crate::cli::io;
use crate::contract::{self, Difference};
use crate::report::text;

/// A file of `contract show`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct ShownContract {
    /// The text of the file, in YAML.
    text: String,
    /// The contract in the Open Data Contract Standard; null if the file is one of dbt.
    contract: Option<Value>,
}

/// The output of `contract check`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct CheckedContracts {
    /// Whether no difference breaks a contract.
    holds: bool,
    /// The tables that were checked.
    tables: Vec<CheckedTable>,
}

/// A table and its differences from the contract, as JSON.
#[derive(Serialize, JsonSchema)]
struct CheckedTable {
    /// The table.
    table: ContractTable,
    /// Whether no difference breaks the contract.
    holds: bool,
    /// The differences: columns in the order of the contract, then rows.
    differences: Vec<Difference>,
}

pub(crate) async fn contract(global: &Global, command: &ContractCommand) -> Result<u8> {
    match command {
        ContractCommand::Show { file } => show(global, *file),
        ContractCommand::Check { table } => check(global, *table).await,
    }
}

fn show(global: &Global, file: ContractFile) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let standard = |name, shown: &contract::DataContract| -> Result<_> {
        Ok((
            contract::yaml(name, shown)?,
            Some(contract::document(shown)?),
        ))
    };
    let (text, document) = match file {
        ContractFile::Raw => standard("raw", &contract::raw(settings))?,
        ContractFile::Staging => standard("staging", &contract::staging(settings))?,
        ContractFile::DbtSources => (contract::sources(settings)?, None),
        ContractFile::DbtModels => (contract::models(settings)?, None),
    };
    match global.format {
        OutputFormat::Json => io::print_json(&ShownContract {
            text,
            contract: document,
        }),
        OutputFormat::Text => io::print(&text),
    }
    Ok(0)
}

/// Compares the tables with their contracts, in one transaction that cannot write.
async fn check(global: &Global, only: Option<ContractTable>) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let target = io::target(global, &loaded)?;
    let mut client = database::connect_for(&target, "contract check", settings).await?;
    database::refuse_other_encodings(&client).await?;
    let fail = |error| EtlError::database(error, "comparing the tables with their contracts");
    let transaction = client.build_transaction().read_only(true);
    let transaction = transaction.isolation_level(IsolationLevel::RepeatableRead);
    let tx = transaction.start().await.map_err(fail)?;
    let mut tables = Vec::new();
    for table in [ContractTable::Raw, ContractTable::Staging] {
        if only.is_some_and(|only| only != table) {
            continue;
        }
        let differences = match table {
            ContractTable::Raw => contract::compare_raw(&tx, settings).await?,
            ContractTable::Staging => contract::compare_staging(&tx, settings).await?,
        };
        tables.push(CheckedTable {
            table,
            holds: differences.iter().all(|difference| !difference.breaks),
            differences,
        });
    }
    tx.rollback().await.map_err(fail)?;
    let code = exit_code(&tables);
    match global.format {
        OutputFormat::Json => io::print_json(&CheckedContracts {
            holds: code == 0,
            tables,
        }),
        OutputFormat::Text => io::print_text(&told(&tables)),
    }
    Ok(code)
}

/// A broken contract of the raw table ends a run with the same code. A broken contract of staging is a matter of the quality of
/// published rows, which a run does not notice. The raw table comes first, because staging is made from it.
fn exit_code(tables: &[CheckedTable]) -> u8 {
    let broken = |table| tables.iter().any(|one| one.table == table && !one.holds);
    if broken(ContractTable::Raw) {
        Kind::Contract.exit_code()
    } else if broken(ContractTable::Staging) {
        Kind::Quality.exit_code()
    } else {
        0
    }
}

fn told(tables: &[CheckedTable]) -> String {
    let mut shown = text::table(&["table", "", "difference"]);
    for table in tables {
        if table.differences.is_empty() {
            shown.add_row([table.table.name(), "ok", "no difference from its contract"]);
        }
        for difference in &table.differences {
            let state = if difference.breaks { "broken" } else { "note" };
            shown.add_row([table.table.name(), state, &line(difference)]);
        }
    }
    format!("{shown}\n")
}

/// A difference with its rows and with the statement or command that ends it.
fn line(difference: &Difference) -> String {
    let mut line = difference.message.clone();
    if let Some(rows) = difference.rows {
        let keys = difference.keys.join(", ");
        let rows = counted(rows, "row");
        let _ = write!(line, "\n{rows}, such as {keys}");
    }
    if let Some(help) = &difference.help {
        let _ = write!(line, "\n→ {help}");
    }
    line
}
