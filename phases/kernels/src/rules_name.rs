//! The name of rules, as each published row of the pipeline records it in `rule_set`.

use std::fmt::Write;

use crate::rule_set::RuleSet;
use crate::rules::shipped::TABLES;
use crate::salary::SalaryOptions;

/// The name of a rule set: with a digest of the built-in tables, a digest of the lines of the user, VND for one USD, and the
/// other options of salaries that are not the default. A row with another name is processed again. `own` has the files of a user, each
/// with the name of its table. Example:
/// `standard@1a2b3c4d+5b1e91b6/25000,month_days=24`.
///
/// ```
/// use jobinsight_kernels::{RuleSet, rules_name, salary::SalaryOptions};
/// assert_eq!(rules_name(RuleSet::V1, &[], &SalaryOptions::default()), "v1/24000");
/// ```
pub fn rules_name(rules: RuleSet, own: &[(String, String)], salary: &SalaryOptions) -> String {
    match rules {
        RuleSet::V1 => format!("v1/{}", salary.v1_usd_vnd_rate),
        RuleSet::Standard => {
            let mut name = "standard".to_owned();
            if let Some(digest) = digest(TABLES.iter().map(|table| (table.name, table.text))) {
                let _ = write!(name, "@{digest}");
            }
            if let Some(digest) = digest(own.iter().map(|(table, text)| (&**table, &**text))) {
                let _ = write!(name, "+{digest}");
            }
            let _ = write!(name, "/{}", salary.usd_vnd_rate);
            let changed = salary.changed().into_iter();
            for (option, value) in changed.filter(|(option, _)| *option != "usd_vnd_rate") {
                let _ = write!(name, ",{option}={value}");
            }
            name
        }
    }
}

/// Eight hexadecimal digits that depend on the lines of tables, without comments and blank lines: FNV-1a, folded to 32 bits. `None`
/// if no line is left. The pipeline computes the same number in `core/src/settings/line_digest.rs`, and the suite compares both.
fn digest<'a>(tables: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let (mut hash, mut has_lines) = (0xCBF2_9CE4_8422_2325_u64, false);
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    for (table, text) in tables {
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            has_lines = true;
            for part in [table, line] {
                part.bytes().for_each(&mut add);
                // No text contains this byte, so it separates the parts without ambiguity.
                add(0xFF);
            }
        }
    }
    let folded = (hash >> 32) ^ (hash & 0xFFFF_FFFF);
    has_lines.then(|| format!("{folded:08x}"))
}
