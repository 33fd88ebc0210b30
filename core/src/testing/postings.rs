//! Files of postings in CSV, for tests and benches.

use std::path::{Path, PathBuf};

/// The file with the generated postings of the demo, which is part of the repository.
pub fn sample_file() -> PathBuf {
    root().join("runner/assets/sample.csv")
}

/// The file with real postings; `None` where `shared` is not beside the checkout.
pub fn real_file() -> Option<PathBuf> {
    let file = root().join("../shared/data/raw_jobs.csv");
    file.is_file().then_some(file)
}

/// Reads some columns of a CSV file with a header. An empty cell is `None`.
///
/// # Errors
/// A message when the file can't be read, or has no such column.
pub fn read_columns<const N: usize>(
    file: &Path,
    names: [&str; N],
) -> Result<Vec<[Option<String>; N]>, String> {
    let fail = |error: csv::Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(fail)?;
    let header = reader.headers().map_err(fail)?.clone();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        let found = header.iter().position(|column| column == name);
        *place = found.ok_or_else(|| format!("{} has no column `{name}`", file.display()))?;
    }
    let cell = |record: &csv::StringRecord, place| {
        let text = record.get(place).unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let rows = reader.records().map(|record| {
        let record = record.map_err(fail)?;
        Ok(places.map(|place| cell(&record, place)))
    });
    rows.collect()
}

fn root() -> &'static Path {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.parent().unwrap_or(folder)
}
