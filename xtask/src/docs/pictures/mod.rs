//! Pictures of the guides that are made from the code.

mod crates;
mod pipeline;
mod scripts;
mod svg;

use std::path::Path;

use super::Command;
use crate::steps::metadata_of;

/// A picture: its file, and what it must hold.
pub(crate) struct Picture {
    file: &'static str,
    text: String,
}

/// All of them.
pub(crate) fn all(root: &Path, command: &Command) -> Result<Vec<Picture>, String> {
    let phases = command.say(&["phases", "--format", "json"])?;
    let phases = serde_json::from_str(&phases).map_err(|error| error.to_string())?;
    Ok(vec![
        of_crates(root)?,
        Picture {
            file: "docs/pipeline.svg",
            text: pipeline::draw(root, &phases)?,
        },
    ])
}

/// That of the crates, which needs nothing that is built.
pub(crate) fn of_crates(root: &Path) -> Result<Picture, String> {
    Ok(Picture {
        file: "docs/crates.svg",
        text: crates::draw(&metadata_of(root)?)?,
    })
}

/// Every picture that is another one now.
pub(crate) fn check(root: &Path, pictures: &[Picture]) -> Vec<String> {
    pictures
        .iter()
        .filter(|picture| {
            let standing = std::fs::read_to_string(root.join(picture.file));
            !standing.is_ok_and(|text| text == picture.text)
        })
        .map(|picture| {
            format!(
                "{} is not what the code says (cargo xtask docs --write makes it anew)",
                picture.file
            )
        })
        .collect()
}

/// Writes them.
pub(crate) fn write(root: &Path, pictures: &[Picture]) -> Result<(), String> {
    for picture in pictures {
        std::fs::write(root.join(picture.file), &picture.text)
            .map_err(|error| format!("{}: {error}", picture.file))?;
    }
    Ok(())
}
