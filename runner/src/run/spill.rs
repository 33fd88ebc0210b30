//! Spills: batches that failed for good, stored on disk as Arrow IPC. A retry resumes them without loading and processing
//! them again. A spill is useful only while its run can be retried, so the next run with a new plan removes it.

use std::fs;
use std::path::{Path, PathBuf};

use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use jobinsight_core::{Batch, EtlError, Reject, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::codes;

/// The key of the schema metadata under which the rest of the batch is stored.
const KEY: &str = "jobinsight";

/// A batch, as the failed phase received it.
#[derive(Debug, Clone)]
pub(crate) struct SpilledBatch {
    pub(crate) batch: Batch,
    /// The phase that failed.
    pub(crate) phase: String,
    pub(crate) file: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Rest {
    /// The version that wrote the spill. Another version may understand a column differently.
    version: String,
    batch: i64,
    expected: u64,
    phase: String,
    rejects: Vec<Reject>,
}

fn folder(state_dir: &Path, run: Uuid) -> PathBuf {
    state_dir.join("spill").join(run.to_string())
}

/// Writes a spill. A reader sees the whole file or no file.
pub(crate) fn write(state_dir: &Path, run: Uuid, phase: &str, batch: &Batch) -> Result<PathBuf> {
    let folder = folder(state_dir, run);
    let fail = |what: String| {
        EtlError::new(
            codes::SPILL_WRITE,
            format!(
                "batch {} cannot be spilled to {}: {what}",
                batch.id,
                folder.display()
            ),
        )
        .help(
            "a retry loads the batch again; check whether the disk of the state directory is full",
        )
    };
    let rest = Rest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        batch: batch.id,
        expected: batch.expected,
        phase: phase.to_owned(),
        rejects: batch.rejects.clone(),
    };
    let mut schema = batch.records.schema().as_ref().clone();
    let json = serde_json::to_string(&rest).map_err(|error| fail(error.to_string()))?;
    schema.metadata.insert(KEY.to_owned(), json);
    fs::create_dir_all(&folder).map_err(|error| fail(error.to_string()))?;
    let file = tempfile::NamedTempFile::new_in(&folder).map_err(|error| fail(error.to_string()))?;
    let write = || -> std::result::Result<(), arrow_schema::ArrowError> {
        let mut writer = FileWriter::try_new(file.as_file(), &schema)?;
        let records = batch.records.clone().with_schema(schema.clone().into())?;
        writer.write(&records)?;
        writer.finish()
    };
    write().map_err(|error| fail(error.to_string()))?;
    let path = folder.join(format!("batch-{}.arrow", batch.id));
    file.persist(&path)
        .map_err(|error| fail(error.error.to_string()))?;
    Ok(path)
}

/// Reads the batches that this run spilled. A file that cannot be read is removed, and its batch is loaded again.
pub(crate) fn read(state_dir: &Path, run: Uuid) -> Vec<SpilledBatch> {
    let Ok(entries) = fs::read_dir(folder(state_dir, run)) else {
        return Vec::new();
    };
    let mut spilled = Vec::new();
    for file in entries.flatten().map(|entry| entry.path()) {
        match read_one(&file) {
            Ok(batch) => spilled.push(batch),
            Err(why) => {
                tracing::warn!(
                    "the spill {} is not used, so its batch is loaded again: {why}",
                    file.display()
                );
                let _ = fs::remove_file(&file);
            }
        }
    }
    spilled.sort_by_key(|spilled| spilled.batch.id);
    spilled
}

fn read_one(file: &Path) -> std::result::Result<SpilledBatch, String> {
    let open = fs::File::open(file).map_err(|error| error.to_string())?;
    let mut reader = FileReader::try_new(open, None).map_err(|error| error.to_string())?;
    let json = reader
        .schema()
        .metadata()
        .get(KEY)
        .cloned()
        .ok_or("the file is not a spilled batch")?;
    let rest: Rest = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    if rest.version != env!("CARGO_PKG_VERSION") {
        return Err(format!("version {} wrote it", rest.version));
    }
    let records = reader
        .next()
        .ok_or("the file has no batch")?
        .map_err(|error| error.to_string())?;
    Ok(SpilledBatch {
        batch: Batch {
            id: rest.batch,
            expected: rest.expected,
            records,
            rejects: rest.rejects,
        },
        phase: rest.phase,
        file: file.to_owned(),
    })
}

/// Removes the spills of all runs except `keep`, because only that run can be retried.
pub(crate) fn sweep(state_dir: &Path, keep: Option<Uuid>) {
    let keep = keep.map(|run| folder(state_dir, run));
    for entry in fs::read_dir(state_dir.join("spill"))
        .into_iter()
        .flatten()
        .flatten()
    {
        if Some(entry.path()) != keep {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    // An empty directory is removed, too.
    let _ = fs::remove_dir(state_dir.join("spill"));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{RecordBatch, StringArray};
    use arrow_schema::{DataType, Field, Schema};

    use super::*;

    #[test]
    fn a_batch_comes_back_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let run = Uuid::now_v7();
        let schema = Schema::new(vec![Field::new("text", DataType::Utf8, true)]);
        let column = StringArray::from(vec![Some("Kế Toán"), None]);
        let batch = Batch {
            id: 7,
            expected: 3,
            records: RecordBatch::try_new(Arc::new(schema), vec![Arc::new(column)]).unwrap(),
            rejects: vec![Reject {
                key: "1".into(),
                source_hash: -5,
                phase: "p".into(),
                field: "f".into(),
                reason: "r".into(),
                value: None,
            }],
        };
        write(dir.path(), run, "p", &batch).unwrap();
        let back = read(dir.path(), run);
        assert_eq!(back.len(), 1);
        assert_eq!(
            (
                back[0].batch.id,
                back[0].batch.expected,
                back[0].phase.as_str()
            ),
            (7, 3, "p")
        );
        assert_eq!(back[0].batch.rejects, batch.rejects);
        assert_eq!(back[0].batch.records.columns(), batch.records.columns());

        fs::write(folder(dir.path(), run).join("batch-8.arrow"), b"half a fi").unwrap();
        assert_eq!(read(dir.path(), run).len(), 1, "what is broken is left out");
        sweep(dir.path(), None);
        assert!(!dir.path().join("spill").exists());
    }
}
