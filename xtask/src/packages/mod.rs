//! The forms in which users get the program, and what they want to know about the crates in it.

mod crates;
mod deb;
mod deny;
mod deploy;
mod program;
mod rust_version;
mod sbom;
mod tool;

pub(crate) use crates::{package, without_download};
pub(crate) use deb::deb;
pub(crate) use deny::deny;
pub(crate) use deploy::lint;
pub(crate) use rust_version::rust_version;
pub(crate) use sbom::sbom;

/// The checks that are fast enough for each change.
pub(crate) fn check() -> Result<(), String> {
    rust_version()?;
    package(false)?;
    deny()?;
    lint()?;
    without_download()?;
    sbom()?;
    deb(false, std::env::var_os("CI").is_some())
}
