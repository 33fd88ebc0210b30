//! Whether each phase of the list finds what it needs, told before anything starts. Pure: no I/O.

use jobinsight_core::{EtlError, Result, RoleKind};

use crate::codes;
use crate::pipeline::selection::ListedPhase;

/// Checks the whole list; `linked` are all phases of this program, so that who could give what is missing is named.
///
/// # Errors
/// `jobinsight::phases::needs`: which phase needs what, and who gives it.
pub(crate) fn check(list: &[ListedPhase], linked: &[ListedPhase]) -> Result<()> {
    let mut given: Vec<&str> = Vec::new();
    // What was a column of the batch, and who did not hand it on.
    let mut dropped: Vec<(&str, &str)> = Vec::new();
    for (index, listed) in list.iter().enumerate() {
        if listed.role == RoleKind::Load {
            given.retain(|word| !word.starts_with("batch."));
            dropped.clear();
        }
        for need in listed.needs.iter().filter(|need| !given.contains(need)) {
            if let Some((message, help)) =
                missing(listed.name, need, &list[index + 1..], &dropped, linked)
            {
                return Err(EtlError::new(codes::PHASES_NEEDS, message).help(help));
            }
        }
        given.retain(|word| !listed.drops.contains(word));
        dropped.extend(listed.drops.iter().map(|word| (*word, listed.name)));
        given.extend(listed.gives);
    }
    Ok(())
}

/// Why a need is not met, in one sentence, and what to do; `None` for what may stand in the database.
fn missing(
    name: &str,
    need: &str,
    after: &[ListedPhase],
    dropped: &[(&str, &str)],
    linked: &[ListedPhase],
) -> Option<(String, String)> {
    let what = match need.strip_prefix("batch.") {
        Some(column) => format!("the batch column `{column}`"),
        None => format!("`{need}`"),
    };
    let is_giver = |listed: &&ListedPhase| listed.gives.contains(&need) && listed.name != name;
    if let Some((_, dropper)) = dropped.iter().find(|(word, _)| *word == need) {
        return Some((
            format!("`{name}` needs {what}, which `{dropper}` does not hand on"),
            format!("put `{name}` before `{dropper}` in `pipeline`"),
        ));
    }
    if let Some(giver) = after.iter().find(is_giver) {
        return Some((
            format!(
                "`{name}` needs {what}, and `{}`, which gives it, stands after it",
                giver.name
            ),
            format!("put `{}` before `{name}` in `pipeline`", giver.name),
        ));
    }
    let names: Vec<String> = linked
        .iter()
        .filter(is_giver)
        .map(|listed| format!("`{}`", listed.name))
        .collect();
    if names.is_empty() {
        return Some((
            format!("`{name}` needs {what}, and no phase of this program gives it"),
            "link the crate of a phase that gives it, or correct NEEDS of this one; `jobinsight phases` lists what is linked".to_owned(),
        ));
    }
    // What stands in the database may stand from an earlier run; a column of a batch can't.
    need.starts_with("batch.").then(|| {
        let names = names.join(" or ");
        (
            format!("`{name}` needs {what}, and {names}, which gives it, is not in `pipeline`"),
            format!("put {names} before `{name}` in `pipeline`"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::selection::listed;

    const SETUP: ListedPhase = listed("setup", RoleKind::Once, &[], &["schema"], &[]);
    const PLAN: ListedPhase = listed("plan", RoleKind::Once, &["schema"], &["queue"], &[]);
    const LOAD: ListedPhase = listed("load", RoleKind::Load, &["queue"], &["batch.text"], &[]);
    const CLEAN: ListedPhase = listed(
        "clean",
        RoleKind::Process,
        &["batch.text"],
        &["batch.clean"],
        &["batch.text"],
    );
    const COUNT: ListedPhase = listed(
        "count",
        RoleKind::Process,
        &["batch.text"],
        &["batch.words"],
        &[],
    );
    const SAVE: ListedPhase = listed("save", RoleKind::Save, &["batch.clean"], &[], &[]);
    const ODD: ListedPhase = listed("odd", RoleKind::Once, &["moon"], &[], &[]);

    #[test]
    fn a_list_in_which_each_finds_what_it_needs_is_good() {
        let linked = [SETUP, PLAN, LOAD, CLEAN, COUNT, SAVE];
        for list in [
            vec![SETUP, PLAN, LOAD, CLEAN, SAVE],
            vec![SETUP, PLAN, LOAD, COUNT, CLEAN, SAVE],
            vec![PLAN, LOAD, CLEAN, SAVE], // the schema may stand
            vec![LOAD, CLEAN, SAVE, LOAD, CLEAN, SAVE],
            vec![],
        ] {
            check(&list, &linked).unwrap();
        }
    }

    #[test]
    fn what_is_missing_is_said_in_one_sentence_and_who_gives_it() {
        let linked = [SETUP, PLAN, LOAD, CLEAN, COUNT, SAVE, ODD];
        for (list, sentence) in [
            (
                vec![SETUP, LOAD, CLEAN, SAVE, PLAN],
                "`load` needs `queue`, and `plan`, which gives it, stands after it",
            ),
            (
                vec![LOAD, SAVE],
                "`save` needs the batch column `clean`, and `clean`, which gives it, is not in `pipeline`",
            ),
            (
                vec![LOAD, CLEAN, COUNT, SAVE],
                "`count` needs the batch column `text`, which `clean` does not hand on",
            ),
            (
                vec![LOAD, CLEAN, SAVE, LOAD, SAVE],
                "`save` needs the batch column `clean`",
            ),
            (
                vec![ODD],
                "`odd` needs `moon`, and no phase of this program gives it",
            ),
        ] {
            let error = check(&list, &linked).unwrap_err();
            assert_eq!(
                error.message().split(sentence).next(),
                Some(""),
                "{error} is not: {sentence}"
            );
            assert_eq!(error.kind().exit_code(), 2);
            assert!(!error.help_text().is_empty());
        }
    }
}
