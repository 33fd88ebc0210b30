//! Creates and removes a phase: files, links, the list of the default pipeline, Cargo.lock.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use super::files;
use super::name::Name;
use super::new::{Kind, New};
use crate::docs::{self, generated};

/// Creates a phase and links it. Returns the message that says what to type next.
pub(crate) fn add(root: &Path, new: &New) -> Result<String, String> {
    let kind = new.kind()?;
    if new.default && matches!(kind, Kind::Load | Kind::Save) {
        return Err(
            "the default pipeline already has a loading phase and a saving phase; omit --default, and replace the old phase by the new one in `pipeline`"
                .to_owned(),
        );
    }
    let name = Name::parse(root, &new.name)?;
    files::write(root, &name, kind)?;
    files::link(root, &name)?;
    if new.default {
        files::list(root, &name, kind)?;
    }
    files::lock(root)?;
    let place = if new.default {
        "The phase is part of the default pipeline.".to_owned()
    } else {
        format!(
            "The phase works if `pipeline` names it (jobinsight.toml, or ETL_PIPELINE=…,{name},…).",
            name = name.phase
        )
    };
    let next = [
        (
            format!("cargo xtask test --phase {}", name.phase),
            "runs its test on a real database",
        ),
        (
            format!("cargo run -- phases {}", name.phase),
            "shows what it needs and produces, and its settings",
        ),
        (
            "cargo xtask docs --write".to_owned(),
            "writes its settings into docs/03, and its crate into the diagram",
        ),
        (
            "cargo xtask ci --changed".to_owned(),
            "checks everything that the change can affect",
        ),
        (
            format!("cargo xtask remove-phase {}", name.phase),
            "removes the phase",
        ),
    ];
    let width = next.iter().map(|(typed, _)| typed.len()).max().unwrap_or(0);
    let mut message = format!("created and linked phases/{}. {place}\n", name.phase);
    for (typed, what) in next {
        let _ = write!(message, "\n  {typed:width$}   {what}");
    }
    Ok(message)
}

/// Removes phases; returns the message that says where their folders are.
pub(crate) fn remove(root: &Path, names: &[String]) -> Result<String, String> {
    // A name that is repeated is removed once.
    let names = BTreeSet::from_iter(names).into_iter();
    let names = names.map(|name| Name::removable(root, name));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let mut message = Vec::new();
    let mut was_default = false;
    for name in &names {
        let kept = files::move_away(root, name)?;
        was_default |= files::unlink(root, name)?;
        message.push(format!(
            "unlinked and removed {}; its folder was moved to {}",
            name.phase,
            kept.strip_prefix(root).unwrap_or(&kept).display()
        ));
    }
    files::lock(root)?;
    if was_default {
        // Guide 1 shows the default pipeline, and guide 3 the default of `pipeline`.
        docs::sections(true)?;
    } else {
        generated::crates(root)?.write(root)?;
    }
    Ok(message.join("\n"))
}
