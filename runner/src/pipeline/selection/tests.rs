use super::*;

const LIST: [Listed; 6] = [
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

fn flags(from: &str, until: &str, only: &[&str], skip: &[&str]) -> Flags {
    let text = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Flags {
        from: text(from),
        until: text(until),
        only: list(only),
        skip: list(skip),
    }
}

fn names(choices: &[Choice]) -> Vec<&str> {
    choices
        .iter()
        .filter(|choice| choice.skipped.is_none())
        .map(|choice| choice.name)
        .collect()
}

#[test]
fn phases_are_chosen_by_hand() {
    let chosen = |flags: &Flags| names(&choose(&LIST, flags).unwrap()).join(" ");
    assert_eq!(
        chosen(&Flags::default()),
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
    let needed = |flags: &Flags| needs_queue(&LIST, &choose(&LIST, flags).unwrap());
    assert!(!needed(&Flags::default()));
    assert!(needed(&flags("load", "", &[], &[])));
    assert!(needed(&flags("", "", &[], &["plan"])));
    assert!(!needed(&flags("", "plan", &[], &[])));
}

#[test]
fn a_retry_owes_what_was_not_done() {
    let rest = |past: &Past| match owed(&LIST, past) {
        Owed::Rest(choices) => names(&choices).join(" "),
        other => format!("{other:?}"),
    };
    let mut past = Past {
        whole: true,
        ..Past::default()
    };
    assert_eq!(rest(&past), "setup plan load clean save after");
    past.done.insert("setup".into(), 1);
    assert_eq!(rest(&past), "plan load clean save after");
    past.done.insert("plan".into(), 1);
    past.planned = true;
    (past.owed, past.finished) = (2, 3);
    assert_eq!(rest(&past), "load clean save after");
    past.owed = 0;
    assert_eq!(rest(&past), "load clean save after", "to end the lane");
    for phase in ["load", "clean", "save"] {
        past.done.insert(phase.into(), 1);
    }
    assert_eq!(rest(&past), "after");
    past.whole = false;
    assert!(rest(&past).starts_with("Anew"));
    past.changed = vec!["rules".into()];
    assert!(rest(&past).contains("rules"));
    past.superseded = 1;
    assert_eq!(rest(&past), "Superseded");
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
            if let Ok(choices) = choose(&LIST, &Flags { only, skip, ..Flags::default() }) {
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

        /// A retry never does again what is done, and never leaves out what is owed.
        #[test]
        fn a_retry_does_each_thing_once(done in 0..=LIST.len(), owed_batches in 0..5i64, finished in 0..5i64) {
            let past = Past {
                done: LIST.iter().take(done).map(|listed| (listed.name.to_owned(), 1)).collect(),
                planned: done >= 2, owed: owed_batches, finished, whole: true, ..Past::default()
            };
            let Owed::Rest(choices) = owed(&LIST, &past) else { panic!("anew") };
            for (index, (listed, choice)) in LIST.iter().zip(&choices).enumerate() {
                let runs = choice.skipped.is_none();
                match listed.role {
                    RoleKind::Once => prop_assert_eq!(runs, index >= done),
                    _ => prop_assert_eq!(runs, done < 5 || owed_batches > 0),
                }
            }
        }
    }
}
