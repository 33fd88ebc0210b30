//! The files of all available postings.

use std::path::PathBuf;

use jobinsight_core::testing::postings::{real_file, sample_file};

/// The sample of the demo, and every file of real postings beside the checkout.
pub(crate) fn all() -> Vec<PathBuf> {
    let mut files = vec![sample_file()];
    match real_file() {
        Some(file) => {
            let folder = file.parent().expect("a file is in a folder");
            let folder = std::fs::read_dir(folder).expect("the folder can be read");
            let paths = folder.map(|entry| entry.expect("an entry can be read").path());
            files.extend(paths.filter(|path| path.extension().is_some_and(|end| end == "csv")));
        }
        None => eprintln!(
            "SKIPPED: shared/data is not beside the checkout, so no real posting is checked"
        ),
    }
    files
}
