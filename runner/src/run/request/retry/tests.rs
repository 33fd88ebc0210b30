use jobinsight_core::RoleKind;
use proptest::prelude::*;

use super::plan::{RetryPlan, RetryState};
use crate::pipeline::selection::tests::{LIST, names};

#[test]
fn a_retry_runs_the_phases_that_are_not_done() {
    let rest = |state: &RetryState| match RetryPlan::of(&LIST, state) {
        RetryPlan::Resume(choices) => names(&choices).join(" "),
        other => format!("{other:?}"),
    };
    let mut state = RetryState {
        work_is_complete: true,
        ..RetryState::default()
    };
    assert_eq!(rest(&state), "setup plan load clean save after");
    state.done.insert("setup".into(), 1);
    assert_eq!(rest(&state), "plan load clean save after");
    state.done.insert("plan".into(), 1);
    state.is_planned = true;
    (state.unpublished, state.published) = (2, 3);
    assert_eq!(rest(&state), "load clean save after");
    state.unpublished = 0;
    assert_eq!(rest(&state), "load clean save after", "to end the lane");
    for phase in ["load", "clean", "save"] {
        state.done.insert(phase.into(), 1);
    }
    assert_eq!(rest(&state), "after");
    state.work_is_complete = false;
    assert!(rest(&state).starts_with("StartAgain"));
    state.changed = vec!["rules".into()];
    assert!(rest(&state).contains("rules"));
    state.superseded = 1;
    assert_eq!(rest(&state), "Superseded");
}

proptest! {
        /// A retry does not repeat a phase that is done, and does not skip one that is not.
        #[test]
        fn a_retry_does_each_thing_once(done in 0..=LIST.len(), unpublished in 0..5i64, published in 0..5i64) {
            let state = RetryState {
                done: LIST.iter().take(done).map(|listed| (listed.name.to_owned(), 1)).collect(),
                is_planned: done >= 2, unpublished, published, work_is_complete: true, ..RetryState::default()
            };
            let RetryPlan::Resume(choices) = RetryPlan::of(&LIST, &state) else { panic!("the work is planned again") };
            for (index, (listed, choice)) in LIST.iter().zip(&choices).enumerate() {
                let runs = choice.skipped.is_none();
                match listed.role {
                    RoleKind::Once => prop_assert_eq!(runs, index >= done),
                    _ => prop_assert_eq!(runs, done < 5 || unpublished > 0),
                }
            }
        }
}
