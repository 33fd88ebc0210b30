//! The counters of an import in progress.

use std::fs::Metadata;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use super::line::{Amount, CountedUnit, LineState, ShownLine, Tracked};

/// The progress of the import of one file.
pub(crate) struct ImportTrack {
    file: String,
    began: Instant,
    /// The bytes of the file that are read. A compressed file counts as it is on the disk.
    read: Arc<AtomicU64>,
    /// The size of the file; `None` for a pipe.
    size: Option<u64>,
    /// The records that are written.
    records: AtomicU64,
}

impl ImportTrack {
    /// The track of a file. `read` counts its bytes.
    pub(crate) fn new(file: &Path, read: &Arc<AtomicU64>) -> Self {
        let name = file.file_name().unwrap_or(file.as_os_str());
        let metadata = std::fs::metadata(file).ok();
        let size = metadata.filter(Metadata::is_file).map(|file| file.len());
        Self {
            file: name.to_string_lossy().into_owned(),
            began: Instant::now(),
            read: Arc::clone(read),
            size,
            records: AtomicU64::new(0),
        }
    }

    /// So many records are written.
    pub(crate) fn set_records(&self, records: u64) {
        self.records.store(records, Relaxed);
    }
}

impl Tracked for ImportTrack {
    fn lines(&self, _: bool) -> Vec<ShownLine> {
        let records = indicatif::HumanCount(self.records.load(Relaxed));
        let bytes = Amount {
            unit: CountedUnit::Bytes,
            done: self.read.load(Relaxed),
            before: 0,
            total: self.size,
        };
        vec![ShownLine {
            name: self.file.clone(),
            state: LineState::Working,
            // The position in a Parquet file is not known, because its columns are read one by one.
            amount: Some(bytes).filter(|bytes| bytes.done > 0),
            doing: format!("{records} records"),
            elapsed: self.began.elapsed(),
            is_lane: false,
        }]
    }
}
