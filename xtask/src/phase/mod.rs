//! Creates phases as crates of this workspace, links them, and removes them.

mod check;
mod commands;
mod files;
mod name;
mod new;

pub(crate) use check::{Copy, check_new_phases};
pub(crate) use commands::{add, remove};
pub(crate) use name::Name;
pub(crate) use new::New;
