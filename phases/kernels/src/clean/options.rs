//! The options of a cleaning.

use crate::rule_set::RuleSet;
use crate::salary::SalaryOptions;
use crate::tables::ChangedTable;

/// The options of a cleaning. The default is the rule set `standard` without changes of a user.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanOptions {
    /// The rule set.
    pub rules: RuleSet,
    /// The changes of a user in the rule tables. The rule set `v1` has no changes.
    pub changed: Vec<ChangedTable>,
    /// Exchange rates and limits of salaries.
    pub salary: SalaryOptions,
    /// The moment for `time_remaining`, in microseconds since 1970 in UTC. `None`: the column is left out.
    pub as_of: Option<i64>,
    /// Whether the columns of [facts](crate::facts) are added.
    pub with_facts: bool,
}

impl CleanOptions {
    /// The changes of a user that count under the rule set.
    pub fn changed(&self) -> &[ChangedTable] {
        match self.rules {
            RuleSet::Standard => &self.changed,
            RuleSet::V1 => &[],
        }
    }
}
