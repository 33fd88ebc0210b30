//! The problems that a list of phases can have, and their messages.

use jobinsight_core::{Code, DataType, EtlError, Resource, advice};

use crate::codes;

/// A reason why a phase cannot work at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The list names a phase twice.
    Twice { name: &'static str },
    /// A loading phase comes before the batches of the previous one are saved.
    LaneNotSaved {
        name: &'static str,
        load: &'static str,
    },
    /// A phase that works once is inside a lane.
    OnceInLane {
        name: &'static str,
        load: &'static str,
    },
    /// A processing phase comes after the batches are saved.
    AfterLane {
        name: &'static str,
        load: &'static str,
        save: &'static str,
    },
    /// A processing phase comes before the loading phase.
    BeforeLane {
        name: &'static str,
        load: &'static str,
    },
    /// No phase before loads batches.
    NoBatch { name: &'static str },
    /// No phase saves the batches.
    NeverSaved { load: &'static str },
    /// The phase that loads the batches is not selected.
    LoadNotSelected {
        name: &'static str,
        load: &'static str,
    },
    /// The phase that saves the batches is not selected.
    SaveNotSelected {
        load: &'static str,
        save: &'static str,
    },
    /// A resource is missing.
    Missing {
        name: &'static str,
        resource: Resource,
        help: Help,
    },
    /// An earlier phase produces the column with another type.
    OtherType {
        name: &'static str,
        /// The verb for the phase and the column: `needs` or `produces`.
        verb: &'static str,
        column: &'static str,
        data_type: DataType,
        producer: &'static str,
        produced: DataType,
    },
}

/// The change that would provide a missing resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Help {
    /// Select the phase that produces it.
    Select(&'static str),
    /// Put the phase that needs it before the phase that drops it.
    PutBeforeDropper(&'static str),
    /// Put the phase that produces it before the phase that needs it.
    PutProducerFirst(&'static str),
    /// Add one of these phases to the list.
    List(Vec<&'static str>),
    /// Link a phase that produces it.
    Link,
}

impl Problem {
    /// The phase of the list that is missing, because it was not selected.
    pub(crate) fn not_selected(&self) -> Option<&'static str> {
        match self {
            Self::LoadNotSelected { load, .. } => Some(load),
            Self::SaveNotSelected { save, .. } => Some(save),
            Self::Missing {
                help: Help::Select(producer),
                ..
            } => Some(producer),
            _ => None,
        }
    }

    /// The usage error that says what is wrong, and how to fix it.
    pub(crate) fn into_error(self) -> EtlError {
        let order = |message: String, help: String| error(codes::PHASES_ORDER, message, help);
        let selection = |message: String, help: String| error(codes::PHASES_CHOICE, message, help);
        match self {
            Self::Twice { name } => order(
                format!("`pipeline` names `{name}` twice"),
                "remove one of them".to_owned(),
            ),
            Self::LaneNotSaved { name, load } => order(
                format!("`{name}` loads batches, but the batches of `{load}` are not saved yet"),
                "put a saving phase (data_saving) between them".to_owned(),
            ),
            Self::OnceInLane { name, load } => order(
                format!(
                    "`{name}` works once in a run, but it is between `{load}` and the phase that saves its batches"
                ),
                "put it before the loading phase or after the saving phase".to_owned(),
            ),
            Self::AfterLane { name, load, save } => order(
                format!(
                    "`{name}` needs a batch, but the earlier phase `{save}` has saved the batches of `{load}`"
                ),
                format!("put `{name}` between `{load}` and `{save}`"),
            ),
            Self::BeforeLane { name, load } => order(
                format!("`{name}` needs a batch, but `{load}`, which loads batches, comes later"),
                format!("put `{name}` after `{load}`"),
            ),
            Self::NoBatch { name } => order(
                format!("`{name}` needs a batch, but no phase before it loads one"),
                "put a loading phase (data_loading) before it".to_owned(),
            ),
            Self::NeverSaved { load } => order(
                format!("`{load}` loads batches, but no phase after it saves them"),
                "put a saving phase (data_saving) at the end".to_owned(),
            ),
            Self::LoadNotSelected { name, load } => selection(
                format!(
                    "`{name}` needs a batch, but `{load}`, which loads batches, is not selected"
                ),
                select(load),
            ),
            Self::SaveNotSelected { load, save } => selection(
                format!("`{load}` loads batches, but `{save}`, which saves them, is not selected"),
                "select all phases of a lane together, because each batch goes through all of them"
                    .to_owned(),
            ),
            Self::Missing {
                name,
                resource,
                help,
            } => missing(name, resource, help),
            Self::OtherType {
                name,
                verb,
                column,
                data_type,
                producer,
                produced,
            } => error(
                codes::PHASES_TYPES,
                format!(
                    "`{name}` {verb} the batch column `{column}` as {data_type}, but `{producer}` produces it as {produced}"
                ),
                format!(
                    "let both phases declare the same type; if `{name}` converts the column, it lists `{column}` in DROPS as well"
                ),
            ),
        }
    }
}

fn missing(name: &str, resource: Resource, help: Help) -> EtlError {
    let needs = match resource.column() {
        Some(column) => format!("`{name}` needs the batch column `{column}`"),
        None => format!("`{name}` needs `{resource}`"),
    };
    match help {
        Help::Select(producer) => error(
            codes::PHASES_CHOICE,
            format!("{needs}, but `{producer}`, which produces it, is not selected"),
            select(producer),
        ),
        Help::PutBeforeDropper(dropper) => error(
            codes::PHASES_NEEDS,
            format!("{needs}, but `{dropper}` drops it"),
            format!("put `{name}` before `{dropper}` in `pipeline`"),
        ),
        Help::PutProducerFirst(producer) => error(
            codes::PHASES_NEEDS,
            format!("{needs}, but `{producer}`, which produces it, comes later"),
            format!("put `{producer}` before `{name}` in `pipeline`"),
        ),
        Help::List(producers) => {
            let quoted: Vec<String> = producers.iter().map(|name| format!("`{name}`")).collect();
            let producers = quoted.join(" or ");
            error(
                codes::PHASES_NEEDS,
                format!("{needs}, but {producers}, which produces it, is not in `pipeline`"),
                format!("put {producers} before `{name}` in `pipeline`"),
            )
        }
        Help::Link => error(
            codes::PHASES_NEEDS,
            format!("{needs}, but no linked phase produces it"),
            format!(
                "link the crate of a phase that produces it, or correct NEEDS of `{name}`; `{}` lists the linked phases",
                advice::command("phases")
            ),
        ),
    }
}

fn select(phase: &str) -> String {
    format!("select `{phase}` too")
}

fn error(code: Code, message: String, help: String) -> EtlError {
    EtlError::new(code, message).help(help)
}
