//! The rules of the facts in the types of a phase: the tables, and the custom rules of a user.

use std::sync::{Arc, LazyLock};

use jobinsight_core::settings::tables_digest;
use jobinsight_core::{Result, RuleSet, RuleTable, Settings};
use jobinsight_kernels as kernels;
use jobinsight_kernels::ChangedTable;
use jobinsight_kernels::facts::{self, FactBook};

/// The rule tables of the facts.
pub(crate) const TABLES: &[RuleTable] = &{
    let mut tables = [RuleTable {
        name: "",
        about: "",
        text: "",
    }; facts::TABLES.len()];
    let mut index = 0;
    while index < tables.len() {
        let kernels::RuleTable { name, about, text } = facts::TABLES[index];
        tables[index] = RuleTable { name, about, text };
        index += 1;
    }
    tables
};

/// The shipped rules and the custom rules of a user. The rule set v1 has no custom rules.
///
/// # Errors
/// `jobinsight::rules::bad_line` shows the line that is not a rule.
pub(crate) fn fact_book(settings: &Settings) -> Result<Arc<FactBook>> {
    if settings.rules == RuleSet::V1 {
        return Ok(Arc::clone(FactBook::shipped()));
    }
    let custom = &settings.custom_rules;
    let changed = TABLES.iter().filter_map(|table| {
        let own = custom.of(table.name)?;
        Some(ChangedTable {
            table: own.table.clone(),
            file: own.file.clone(),
            shipped: custom.shipped(table).into_owned(),
            added: own.added(),
        })
    });
    let changed: Vec<ChangedTable> = changed.collect();
    FactBook::with(&changed)
        .map_err(|error| custom.bad_line(&error.table, error.line, &error.reason))
}

/// The digest of the tables. Each row of facts has it, so a run finds the facts that another release read. The digest is not a
/// part of the rule set, because a pipeline without this phase has the same rows.
pub(crate) fn rules_digest() -> Option<&'static str> {
    static DIGEST: LazyLock<Option<String>> = LazyLock::new(|| tables_digest(TABLES));
    DIGEST.as_deref()
}
