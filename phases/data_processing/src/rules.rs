//! The rules of the kernels in the types of a phase: tables, warnings, and the custom rules of a user.

use jobinsight_core::settings::CustomRules;
use jobinsight_core::{EtlError, Result, RuleSet, RuleTable, Warning};
use jobinsight_kernels as kernels;
use jobinsight_kernels::{ChangedTable, RuleBook, TableError, warnings};

/// The rule tables of the kernels.
pub(crate) const TABLES: &[RuleTable] = &{
    let mut tables = [RuleTable {
        name: "",
        about: "",
        text: "",
    }; kernels::TABLES.len()];
    let mut index = 0;
    while index < tables.len() {
        let kernels::RuleTable { name, about, text } = kernels::TABLES[index];
        tables[index] = RuleTable { name, about, text };
        index += 1;
    }
    tables
};

/// The warnings of the kernels.
pub(crate) const WARNINGS: &[Warning] = &{
    let mut all = [Warning {
        word: "",
        field: "",
    }; warnings::ALL.len()];
    let mut index = 0;
    while index < all.len() {
        let warnings::Warning { word, field } = warnings::ALL[index];
        all[index] = Warning { word, field };
        index += 1;
    }
    all
};

/// The rule set of the kernels with the same name.
pub(crate) fn rule_set(rules: RuleSet) -> kernels::RuleSet {
    match rules {
        RuleSet::Standard => kernels::RuleSet::Standard,
        RuleSet::V1 => kernels::RuleSet::V1,
    }
}

/// The shipped rules and the custom rules of a user.
///
/// # Errors
/// `jobinsight::rules::bad_line` shows the line that is not a rule.
pub(crate) fn rule_book(custom: &CustomRules) -> Result<RuleBook> {
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
    RuleBook::with(&changed).map_err(|error| bad_line(custom, &error))
}

fn bad_line(custom: &CustomRules, error: &TableError) -> EtlError {
    custom.bad_line(&error.table, error.line, &error.reason)
}
