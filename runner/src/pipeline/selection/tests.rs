use jobinsight_core::Resource::{Column, Queue, Schema};
use jobinsight_core::RoleKind::{Load, Once, Process, Save};
use proptest::prelude::*;

use super::*;
use crate::codes;

/// Phases of each role, in order.
pub(crate) const LIST: [ListedPhase; 6] = [
    ListedPhase::of("setup", Once, &[], &[Schema]),
    ListedPhase::of("plan", Once, &[Schema], &[Queue]),
    ListedPhase::of("load", Load, &[Queue], &[Column("text")]),
    ListedPhase::of("clean", Process, &[Column("text")], &[Column("clean")]),
    ListedPhase::of("save", Save, &[Column("clean")], &[]),
    ListedPhase::of("after", Once, &[Schema], &[]),
];

fn selection(from: &str, until: &str, only: &[&str], skip: &[&str]) -> PhaseSelection {
    let text = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    PhaseSelection {
        from: text(from),
        until: text(until),
        only: list(only),
        skip: list(skip),
    }
}

/// The names of the selected phases.
pub(crate) fn names(choices: &[PhaseChoice]) -> Vec<&str> {
    choices
        .iter()
        .filter(|choice| choice.skipped.is_none())
        .map(|choice| choice.name)
        .collect()
}

#[test]
fn flags_select_phases() {
    let selected = |flags: &PhaseSelection| names(&select(&LIST, flags).unwrap().choices).join(" ");
    assert_eq!(
        selected(&PhaseSelection::default()),
        "setup plan load clean save after"
    );
    assert_eq!(
        selected(&selection("load", "", &[], &[])),
        "load clean save after"
    );
    assert_eq!(selected(&selection("", "plan", &[], &[])), "setup plan");
    assert_eq!(selected(&selection("", "", &["after"], &[])), "after");
    assert_eq!(
        selected(&selection("", "", &[], &["setup", "after"])),
        "plan load clean save"
    );
}

#[test]
fn a_selection_that_cannot_work_names_the_phase_to_select() {
    for (flags, sentence) in [
        (
            selection("clean", "", &[], &[]),
            "`clean` needs a batch, but `load`, which loads batches, is not selected",
        ),
        (
            selection("", "", &["save"], &[]),
            "`save` needs a batch, but `load`",
        ),
        (
            selection("", "clean", &[], &[]),
            "`load` loads batches, but `save`, which saves them, is not selected",
        ),
        (
            selection("", "", &[], &["clean"]),
            "`save` needs the batch column `clean`, but `clean`, which produces it, is not selected",
        ),
        (
            selection("after", "setup", &[], &[]),
            "no phase is selected",
        ),
        (
            selection("laod", "", &[], &[]),
            "`laod` is not a phase of the pipeline",
        ),
    ] {
        let error = select(&LIST, &flags).unwrap_err();
        assert!(error.message().contains(sentence), "{error}");
        assert_eq!(error.code(), codes::PHASES_CHOICE);
    }
}

#[test]
fn the_advice_for_a_selection_selects_what_is_missing_and_nothing_else() {
    for (flags, help) in [
        (
            selection("clean", "", &[], &[]),
            "select `load` too: jobinsight run --from load",
        ),
        (
            selection("", "", &["save"], &[]),
            "select `load` too: jobinsight run --only load,clean,save",
        ),
        (
            selection("", "clean", &[], &["setup"]),
            "select all phases of a lane together, because each batch goes through all of them: \
             jobinsight run --until save --skip setup",
        ),
        (
            selection("", "", &[], &["setup", "clean"]),
            "do not skip `clean`, because each batch goes through all phases of a lane: jobinsight run --skip setup",
        ),
        (
            selection("", "", &[], &["save"]),
            "do not skip `save`, because each batch goes through all phases of a lane: jobinsight run",
        ),
    ] {
        let error = select(&LIST, &flags).unwrap_err();
        assert_eq!(error.help_text(), help);
    }
}

#[test]
fn the_queue_must_be_filled_already_if_no_selected_phase_fills_it() {
    let needs_queue = |flags: &PhaseSelection| select(&LIST, flags).unwrap().needs_queue;
    assert!(!needs_queue(&PhaseSelection::default()));
    assert!(needs_queue(&selection("load", "", &[], &[])));
    assert!(needs_queue(&selection("", "", &[], &["plan"])));
    assert!(!needs_queue(&selection("", "plan", &[], &[])));
}

fn some_names() -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(
        LIST.map(|phase| phase.name.to_owned()).to_vec(),
        0..=LIST.len(),
    )
}

proptest! {
    /// The selection in the advice can work.
    #[test]
    fn the_advice_for_a_selection_works(only in some_names(), skip in some_names()) {
        let flags = PhaseSelection { only, skip, ..PhaseSelection::default() };
        if let Some(repaired) = repair::repaired(&LIST, &flags) {
            prop_assert!(repaired == PhaseSelection::default() || select(&LIST, &repaired).is_ok() || names(&apply(&LIST, &repaired).unwrap()).is_empty());
        }
    }

    /// Whatever is selected can work: each phase finds what it needs, or it may exist in the database.
    #[test]
    fn a_selection_works_or_is_refused(only in some_names(), skip in some_names()) {
        if let Ok(selected) = select(&LIST, &PhaseSelection { only, skip, ..PhaseSelection::default() }) {
            let choices = selected.choices;
            let mut given = vec![Schema, Queue];
            let mut is_open = false;
            for (phase, _) in LIST.iter().zip(&choices).filter(|(_, choice)| choice.skipped.is_none()) {
                prop_assert!(phase.needs.iter().all(|need| given.contains(need)), "{} in {choices:?}", phase.name);
                given.extend(phase.produces);
                is_open = match phase.role { Load => true, Save => false, _ => is_open };
            }
            prop_assert!(!is_open);
        }
    }
}
