//! The name of the rules that decide the content of staging. Each published row records it in `rule_set`, and a run
//! processes the rows again that have another name.
//!
//! 1. A processing phase decides the content if its `GIVES` or `DROPS` lists a column of staging (see [`COLUMNS`]). A phase
//!    that produces only columns of its own, and stores them itself, does not.
//! 2. The name begins with the rule set, the digest of the built-in rule tables of these phases, and the digest of custom rules:
//!    `standard@1a2b3c4d`, `standard@1a2b3c4d+5b1e91b6`. So a release that changes a table processes the rows again. The rule
//!    set `v1` has no tables, and its name is `v1`.
//! 3. The rule set contains the processing phases of the default pipeline. Every other phase that decides the content adds
//!    `+NAME@VERSION`, in the order of the pipeline, and so does a phase of the default pipeline whose version is not
//!    1. A missing phase of the default pipeline adds `-NAME`.
//!
//! Example: `standard-data_processing+verbatim@1`, if `verbatim` has no tables and `verbatim` replaces `data_processing`.

use std::fmt::Write;

use jobinsight_core::settings::tables_digest;
use jobinsight_core::{PhaseSpec, RoleKind, RuleSet, RuleTable, Settings, registry};

use crate::columns::COLUMNS;

/// The name of the rules of a run with these phases, in their order.
pub fn rules_name(settings: &Settings, phases: &[&'static PhaseSpec]) -> String {
    let standard = Settings::default().pipeline;
    let standard: Vec<Phase> = standard
        .iter()
        .filter_map(|name| registry::find(name))
        .filter_map(Phase::of)
        .map(|phase| Phase {
            version: FIRST_VERSION,
            ..phase
        })
        .collect();
    let tables = phases.iter().filter(|spec| Phase::of(spec).is_some());
    let tables = tables.flat_map(|spec| spec.tables);
    let phases: Vec<Phase> = phases.iter().filter_map(|spec| Phase::of(spec)).collect();
    rule_set(settings, tables) + &difference(&standard, &phases)
}

/// The rule set with its digests.
fn rule_set<'a>(settings: &Settings, tables: impl Iterator<Item = &'a RuleTable>) -> String {
    let mut name = settings.rules.name().to_owned();
    if settings.rules == RuleSet::Standard
        && let Some(digest) = tables_digest(tables)
    {
        let _ = write!(name, "@{digest}");
    }
    if let Some(mark) = settings.rules_mark() {
        let _ = write!(name, "+{mark}");
    }
    name
}

/// The version that the name of a rule set does not show for a phase of the default pipeline.
const FIRST_VERSION: u32 = 1;

/// A phase that decides the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Phase {
    name: &'static str,
    version: u32,
}

impl Phase {
    fn of(spec: &PhaseSpec) -> Option<Self> {
        let is_staged = |name: &str| COLUMNS.iter().any(|column| column.name == name);
        let mut touched = spec.gives.iter().chain(spec.drops);
        let decides = spec.role == RoleKind::Process
            && touched.any(|resource| resource.column().is_some_and(is_staged));
        decides.then_some(Self {
            name: spec.name,
            version: spec.version,
        })
    }
}

/// How these phases differ from those of the default pipeline; empty if they are the same.
fn difference(standard: &[Phase], phases: &[Phase]) -> String {
    let mut name = String::new();
    let is_missing = |standard: &&Phase| phases.iter().all(|phase| phase.name != standard.name);
    for missing in standard.iter().filter(is_missing) {
        let _ = write!(name, "-{}", missing.name);
    }
    // The phases of the default pipeline are part of the rule set, unless another phase comes before them.
    let others = phases.strip_prefix(standard).unwrap_or(phases);
    for other in others {
        let _ = write!(name, "+{}@{}", other.name, other.version);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn phase(name: &'static str, version: u32) -> Phase {
        Phase { name, version }
    }

    #[test]
    fn each_list_of_phases_that_decide_the_content_has_its_own_name() {
        let [clean, changed] = [phase("clean", 1), phase("clean", 2)];
        let [odd, newer] = [phase("odd", 1), phase("odd", 2)];
        for (phases, name) in [
            (&[clean][..], ""),
            (&[changed], "+clean@2"),
            (&[clean, odd], "+odd@1"),
            (&[clean, newer], "+odd@2"),
            (&[odd, clean], "+odd@1+clean@1"),
            (&[odd], "-clean+odd@1"),
            (&[], "-clean"),
        ] {
            assert_eq!(difference(&[clean], phases), name, "{phases:?}");
        }
    }

    #[test]
    fn a_changed_built_in_table_has_another_name_except_under_v1() {
        let table = |text| RuleTable {
            name: "acronyms",
            about: "",
            text,
        };
        let named = |rules, text| {
            let settings = Settings {
                rules,
                ..Settings::default()
            };
            rule_set(&settings, std::iter::once(&table(text)))
        };
        let [old, new] = ["it", "it hr"].map(|text| named(RuleSet::Standard, text));
        assert!(old.starts_with("standard@") && new.starts_with("standard@"));
        assert_ne!(old, new);
        assert_eq!(named(RuleSet::V1, "it"), "v1");
    }
}
