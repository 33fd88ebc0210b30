//! The manual pages: one for the program and one for each command, from the same declarations as the help texts.

use std::fs;
use std::path::Path;

use clap_mangen::Man;
use jobinsight_core::{EtlError, Result};

use super::invocation;
use crate::codes;

/// The manual page of the program.
pub(crate) fn page() -> String {
    let mut page = Vec::new();
    // A vector accepts every byte.
    let _ = Man::new(line()).render(&mut page);
    String::from_utf8_lossy(&page).into_owned()
}

/// Writes the pages of the program and of its commands to a folder, and creates the folder if it does not exist.
pub(crate) fn write(folder: &Path) -> Result<()> {
    let written =
        fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(line(), folder));
    written.map_err(|error| {
        EtlError::new(
            codes::MAN_NOT_WRITTEN,
            format!(
                "the manual pages cannot be written to {}: {error}",
                folder.display()
            ),
        )
    })
}

/// The command line, for the name by which this program was called. The names of the pages begin with it. The command `help`
/// has no page, so no page refers to it.
fn line() -> clap::Command {
    let name = invocation::called_name();
    invocation::command_line(&name)
        .bin_name(&name)
        .display_name(&name)
        .disable_help_subcommand(true)
}
