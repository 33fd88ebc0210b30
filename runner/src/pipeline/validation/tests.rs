use jobinsight_core::DataType;
use jobinsight_core::Resource::{self, Column, Named, Queue, Schema, Typed};
use jobinsight_core::RoleKind::{Load, Once, Process, Save};
use proptest::prelude::*;

use super::super::listed_phase::ListedPhase;
use super::validate;

const SETUP: ListedPhase = ListedPhase::of("setup", Once, &[], &[Schema]);
const PLAN: ListedPhase = ListedPhase::of("plan", Once, &[Schema], &[Queue]);
const LOAD: ListedPhase = ListedPhase::of("load", Load, &[Queue], &[Column("text")]);
const CLEAN: ListedPhase = ListedPhase::of("clean", Process, &[Column("text")], &[Column("clean")])
    .dropping(&[Column("text")]);
const COUNT: ListedPhase = ListedPhase::of("count", Process, &[Column("text")], &[Column("words")]);
const SAVE: ListedPhase = ListedPhase::of("save", Save, &[Column("clean")], &[]);
const LOAD2: ListedPhase = ListedPhase::of("load2", Load, &[Queue], &[Column("text")]);
const CLEAN2: ListedPhase =
    ListedPhase::of("clean2", Process, &[Column("text")], &[Column("clean")]);
const SAVE2: ListedPhase = ListedPhase::of("save2", Save, &[Column("clean")], &[]);
const ODD: ListedPhase = ListedPhase::of("odd", Once, &[Named("moon")], &[]);
const AFTER: ListedPhase = ListedPhase::of("after", Once, &[Schema], &[]);
const LINKED: [ListedPhase; 11] = [
    SETUP, PLAN, LOAD, CLEAN, COUNT, SAVE, LOAD2, CLEAN2, SAVE2, ODD, AFTER,
];

fn check(list: &[ListedPhase]) -> jobinsight_core::Result<Vec<Resource>> {
    validate(list, &vec![true; list.len()], &LINKED)
}

#[test]
fn a_list_in_which_each_phase_finds_what_it_needs_is_valid() {
    for list in [
        vec![SETUP, PLAN, LOAD, CLEAN, SAVE],
        vec![SETUP, PLAN, LOAD, COUNT, CLEAN, SAVE, AFTER],
        vec![LOAD, CLEAN, SAVE, LOAD2, CLEAN2, SAVE2],
        vec![],
    ] {
        check(&list).unwrap();
    }
}

#[test]
fn what_no_phase_before_produces_must_exist_in_the_database() {
    assert_eq!(check(&[SETUP, PLAN, LOAD, CLEAN, SAVE]).unwrap(), []);
    assert_eq!(check(&[PLAN, LOAD, CLEAN, SAVE]).unwrap(), [Schema]);
    assert_eq!(check(&[LOAD, CLEAN, SAVE]).unwrap(), [Queue]);
}

#[test]
fn a_wrong_list_names_the_phase_and_the_fix() {
    for (list, sentence) in [
        (
            vec![SAVE],
            "`save` needs a batch, but no phase before it loads one",
        ),
        (
            vec![LOAD, CLEAN, SAVE, COUNT],
            "`count` needs a batch, but the earlier phase `save` has saved the batches of `load`",
        ),
        (
            vec![COUNT, LOAD, CLEAN, SAVE],
            "`count` needs a batch, but `load`, which loads batches, comes later",
        ),
        (
            vec![LOAD, CLEAN],
            "`load` loads batches, but no phase after it saves them",
        ),
        (
            vec![LOAD, AFTER, CLEAN, SAVE],
            "`after` works once in a run, but it is between `load` and the phase",
        ),
        (
            vec![LOAD, LOAD2, CLEAN, SAVE],
            "`load2` loads batches, but the batches of `load` are not saved yet",
        ),
        (vec![SETUP, SETUP], "`pipeline` names `setup` twice"),
        (
            vec![SETUP, LOAD, CLEAN, SAVE, PLAN],
            "`load` needs `queue`, but `plan`, which produces it, comes later",
        ),
        (
            vec![LOAD, SAVE],
            "`save` needs the batch column `clean`, but `clean` or `clean2`, which produces it, is not in `pipeline`",
        ),
        (
            vec![LOAD, CLEAN, COUNT, SAVE],
            "`count` needs the batch column `text`, but `clean` drops it",
        ),
        (
            vec![LOAD, CLEAN, SAVE, LOAD2, SAVE2],
            "`save2` needs the batch column `clean`",
        ),
        (
            vec![ODD],
            "`odd` needs `moon`, but no linked phase produces it",
        ),
    ] {
        let error = check(&list).unwrap_err();
        assert_eq!(
            error.message().split(sentence).next(),
            Some(""),
            "{error} is not: {sentence}"
        );
        assert_eq!(error.kind().exit_code(), 2);
        assert!(!error.help_text().is_empty());
    }
}

const TEXT: &[Resource] = &[Typed("text", || DataType::Utf8)];
const NUMBER: &[Resource] = &[Typed("text", || DataType::Int64)];

#[test]
fn phases_that_declare_a_type_of_one_column_must_agree() {
    let load = ListedPhase::of("load", Load, &[], TEXT);
    let save = ListedPhase::of("save", Save, TEXT, &[]);
    let parse = ListedPhase::of("parse", Process, TEXT, NUMBER);
    let parse_and_replace = parse.dropping(&[Column("text")]);
    let count = ListedPhase::of("count", Process, NUMBER, &[]);
    let look = ListedPhase::of("look", Process, &[Column("text")], &[]);
    let other_lane = [
        ListedPhase::of("load_numbers", Load, &[], NUMBER),
        count,
        ListedPhase::of("save_numbers", Save, NUMBER, &[]),
    ];
    let check = |list: &[ListedPhase]| validate(list, &vec![true; list.len()], list);
    check(&[load, look, save]).unwrap();
    check(&[load, parse_and_replace, count, look, CLEAN2, SAVE]).unwrap();
    check(&[&[load, save][..], &other_lane].concat()).unwrap();
    for (list, sentence) in [
        (
            vec![load, count, save],
            "`count` needs the batch column `text` as Int64, but `load` produces it as Utf8",
        ),
        (
            vec![load, parse, CLEAN2, SAVE],
            "`parse` produces the batch column `text` as Int64, but `load` produces it as Utf8",
        ),
        (
            vec![load, parse_and_replace, save],
            "`save` needs the batch column `text` as Utf8, but `parse` produces it as Int64",
        ),
    ] {
        let error = check(&list).unwrap_err();
        assert_eq!(error.code(), crate::codes::PHASES_TYPES);
        assert_eq!(error.message(), sentence);
    }
}

#[test]
fn a_selection_that_leaves_out_a_saving_phase_between_two_lanes_is_refused() {
    let list = [LOAD, CLEAN, SAVE, LOAD2, CLEAN2, SAVE2];
    for works in [
        [true, true, false, true, true, true],
        [true, true, false, false, false, false],
    ] {
        let error = validate(&list, &works, &LINKED).unwrap_err();
        assert_eq!(
            error.message(),
            "`load` loads batches, but `save`, which saves them, is not selected"
        );
    }
}

proptest! {
    /// Whatever the check accepts can work: each phase finds its columns, and each lane is closed.
    #[test]
    fn an_accepted_list_works(
        list in proptest::collection::vec(proptest::sample::select(&LINKED[..]), 0..8),
        works in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let works = &works[..list.len()];
        if let Ok(expected) = validate(&list, works, &LINKED) {
            let mut given = expected;
            let mut is_open = false;
            for (phase, _) in list.iter().zip(works).filter(|(_, works)| **works) {
                match phase.role {
                    Once => prop_assert!(!is_open),
                    Load => {
                        prop_assert!(!is_open);
                        is_open = true;
                        given.retain(|resource| resource.column().is_none());
                    }
                    Process => prop_assert!(is_open),
                    Save => {
                        prop_assert!(is_open);
                        is_open = false;
                    }
                }
                prop_assert!(phase.needs.iter().all(|need| given.contains(need)), "{}", phase.name);
                given.retain(|resource| !phase.drops.contains(resource));
                given.extend(phase.produces);
            }
            prop_assert!(!is_open);
        }
    }
}
