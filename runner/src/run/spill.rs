//! Spills: batches that failed for good, stored on disk as Arrow IPC. A retry resumes them without loading and processing
//! them again. A spill is useful only while its run can be retried, so the next run with a new plan removes it.

use std::fs;
use std::path::{Path, PathBuf};

use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::FileWriter;
use jobinsight_core::{Batch, EtlError, Reject, Result, RoleKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::codes;
use crate::pipeline::ListedPhase;

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

/// The version of the format. It increases when a batch column gets another meaning or another name.
const FORMAT: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Rest {
    /// See [`FORMAT`].
    format: u32,
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
        format: FORMAT,
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

/// Reads the batches that this run spilled, for the phases of `list`. A file that cannot be used is removed, and its batch
/// is loaded again.
pub(crate) fn read(state_dir: &Path, run: Uuid, list: &[ListedPhase]) -> Vec<SpilledBatch> {
    let Ok(entries) = fs::read_dir(folder(state_dir, run)) else {
        return Vec::new();
    };
    let mut spilled = Vec::new();
    for file in entries.flatten().map(|entry| entry.path()) {
        match read_one(&file).and_then(|spilled| has_columns(list, spilled)) {
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
    if (rest.format, rest.version.as_str()) != (FORMAT, env!("CARGO_PKG_VERSION")) {
        return Err(format!(
            "version {} wrote it in format {}",
            rest.version, rest.format
        ));
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

/// Checks that the batch has the columns that the phase that failed and the phases after it need. The crate of a phase may
/// have changed since the batch was spilled.
fn has_columns(
    list: &[ListedPhase],
    spilled: SpilledBatch,
) -> std::result::Result<SpilledBatch, String> {
    let mut produced = Vec::new();
    for phase in list.iter().skip_while(|phase| phase.name != spilled.phase) {
        let needs = phase.needs.iter().filter(|need| !produced.contains(*need));
        let columns = needs.filter_map(|need| need.column());
        for column in columns {
            if spilled.batch.records.column_by_name(column).is_none() {
                let name = phase.name;
                return Err(format!("it has no column `{column}`, which `{name}` needs"));
            }
        }
        produced.extend(phase.produces);
        if phase.role == RoleKind::Save {
            break;
        }
    }
    Ok(spilled)
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
    use jobinsight_core::Resource;

    use super::*;

    /// A batch with a text column and a rejected row.
    fn batch() -> Batch {
        let schema = Schema::new(vec![Field::new("text", DataType::Utf8, true)]);
        let column = StringArray::from(vec![Some("Kế Toán"), None]);
        Batch {
            id: 7,
            expected: 3,
            records: RecordBatch::try_new(Arc::new(schema), vec![Arc::new(column)]).unwrap(),
            rejects: vec![Reject {
                key: "1".into(),
                row_version: -5,
                phase: "p".into(),
                field: "f".into(),
                reason: "r".into(),
                value: None,
            }],
        }
    }

    #[test]
    fn a_batch_comes_back_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let (run, batch) = (Uuid::now_v7(), batch());
        write(dir.path(), run, "p", &batch).unwrap();
        let back = read(dir.path(), run, &[]);
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
        assert_eq!(
            read(dir.path(), run, &[]).len(),
            1,
            "what is broken is left out"
        );
        sweep(dir.path(), None);
        assert!(!dir.path().join("spill").exists());
    }

    #[test]
    fn a_spill_of_another_format_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let run = Uuid::now_v7();
        let file = write(dir.path(), run, "p", &batch()).unwrap();
        // The number has one digit, so the file keeps its layout.
        let mut bytes = fs::read(&file).unwrap();
        let (now, before) = (br#"{"format":2"#, br#"{"format":1"#);
        let places: Vec<usize> = (0..bytes.len() - now.len())
            .filter(|place| bytes[*place..].starts_with(now))
            .collect();
        assert!(!places.is_empty());
        for place in places {
            bytes[place..place + before.len()].copy_from_slice(before);
        }
        fs::write(&file, bytes).unwrap();
        assert_eq!(read(dir.path(), run, &[]).len(), 0);
        assert!(!file.exists(), "its batch is loaded again");
    }

    #[test]
    fn a_spill_without_a_column_that_is_needed_is_not_used() {
        let needs = &[Resource::Column("text"), Resource::Column("more")];
        let given = &[Resource::Column("more")];
        let p = |needs| ListedPhase::of("p", RoleKind::Process, needs, given);
        let save = ListedPhase::of("save", RoleKind::Save, needs, &[]);
        for (first, usable) in [(p(&[]), 1), (p(needs), 0)] {
            let dir = tempfile::tempdir().unwrap();
            let run = Uuid::now_v7();
            write(dir.path(), run, "p", &batch()).unwrap();
            assert_eq!(read(dir.path(), run, &[first, save]).len(), usable);
        }
    }
}
