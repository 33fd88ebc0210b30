//! The completions of shells.

use super::invocation::{called_name, command_line};

/// The completions of this shell, for the name by which this program was called.
pub(crate) fn completions(shell: clap_complete::Shell) -> String {
    let name = called_name();
    let mut script = Vec::new();
    let mut line = command_line(&name);
    clap_complete::generate(shell, &mut line, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
