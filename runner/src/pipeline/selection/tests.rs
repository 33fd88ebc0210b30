use super::*;

const LIST: [ListedPhase; 6] = [
    listed("setup", RoleKind::Once, &[], &["schema"], &[]),
    listed("plan", RoleKind::Once, &["schema"], &["queue"], &[]),
    listed("load", RoleKind::Load, &["queue"], &["batch.text"], &[]),
    listed(
        "clean",
        RoleKind::Process,
        &["batch.text"],
        &["batch.clean"],
        &[],
    ),
    listed("save", RoleKind::Save, &["batch.clean"], &[], &[]),
    listed("after", RoleKind::Once, &["schema"], &[], &[]),
];

fn flags(from: &str, until: &str, only: &[&str], skip: &[&str]) -> PhaseSelection {
    let text = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    PhaseSelection {
        from: text(from),
        until: text(until),
        only: list(only),
        skip: list(skip),
    }
}

fn names(choices: &[PhaseChoice]) -> Vec<&str> {
    choices
        .iter()
        .filter(|choice| choice.skipped.is_none())
        .map(|choice| choice.name)
        .collect()
}

#[test]
fn phases_are_chosen_by_hand() {
    let chosen = |flags: &PhaseSelection| names(&choose(&LIST, flags).unwrap()).join(" ");
    assert_eq!(
        chosen(&PhaseSelection::default()),
        "setup plan load clean save after"
    );
    assert_eq!(
        chosen(&flags("load", "", &[], &[])),
        "load clean save after"
    );
    assert_eq!(chosen(&flags("", "plan", &[], &[])), "setup plan");
    assert_eq!(chosen(&flags("", "", &["after"], &[])), "after");
    assert_eq!(
        chosen(&flags("", "", &[], &["setup", "after"])),
        "plan load clean save"
    );
}

#[test]
fn a_choice_that_can_not_work_says_what_is_missing_and_who_gives_it() {
    for (flags, sentence) in [
        (
            flags("clean", "", &[], &[]),
            "`clean` needs a batch, and `load`, which gives it, is not chosen",
        ),
        (
            flags("", "", &["save"], &[]),
            "`save` needs a batch, and `load`",
        ),
        (
            flags("", "clean", &[], &[]),
            "`load` gives batches, and `save`, which saves them, is not chosen",
        ),
        (
            flags("", "", &[], &["clean"]),
            "`save` needs the batch column `clean`, and `clean`, which gives it, is not chosen",
        ),
        (
            flags("after", "setup", &[], &[]),
            "no phase is left to work",
        ),
        (flags("laod", "", &[], &[]), "`laod` is no phase"),
    ] {
        let error = choose(&LIST, &flags).unwrap_err();
        assert!(error.message().contains(sentence), "{error}");
        assert_eq!(error.kind().exit_code(), 2);
    }
}

#[test]
fn the_queue_must_stand_where_nobody_fills_it() {
    let needed = |flags: &PhaseSelection| needs_queue(&LIST, &choose(&LIST, flags).unwrap());
    assert!(!needed(&PhaseSelection::default()));
    assert!(needed(&flags("load", "", &[], &[])));
    assert!(needed(&flags("", "", &[], &["plan"])));
    assert!(!needed(&flags("", "plan", &[], &[])));
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn some_names() -> impl Strategy<Value = Vec<String>> {
        proptest::sample::subsequence(
            LIST.map(|listed| listed.name.to_owned()).to_vec(),
            0..=LIST.len(),
        )
    }

    proptest! {
        /// Whatever is chosen can work: each phase finds what it needs, or it may stand in the database.
        #[test]
        fn a_choice_works_or_is_refused(only in some_names(), skip in some_names()) {
            if let Ok(choices) = choose(&LIST, &PhaseSelection { only, skip, ..PhaseSelection::default() }) {
                let mut given: Vec<&str> = vec!["schema", "queue"];
                let mut open = false;
                for (listed, _) in LIST.iter().zip(&choices).filter(|(_, choice)| choice.skipped.is_none()) {
                    prop_assert!(listed.needs.iter().all(|need| given.contains(need)), "{} in {choices:?}", listed.name);
                    given.extend(listed.gives);
                    open = match listed.role { RoleKind::Load => true, RoleKind::Save => false, _ => open };
                }
                prop_assert!(!open);
            }
        }
    }
}
