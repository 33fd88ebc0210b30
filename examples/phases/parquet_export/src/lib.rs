//! Phase `parquet_export`: writes the postings that were published on the run's day into one Parquet file, after saving.
//!
//! ```toml
//! pipeline = ["schema_setup", "sql_procedures", "data_loading", "data_processing", "data_saving", "parquet_export"]
//!
//! [phases.parquet_export]
//! dir = "/srv/export"
//! ```
//!
//! The file is `postings-2026-01-15.parquet`. The phase writes a temporary file in the same folder and renames it at the end,
//! so a reader sees the file of the last run or of this run, and never a partial one. Each run replaces the file of its day.
//! Memory is bounded by a row group, however many postings there are, because rows arrive as a stream and are written to the
//! disk as soon as a group is full.
#![forbid(unsafe_code)]

mod columns;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use columns::{COLUMNS, Columns, schema};
use futures_util::TryStreamExt;
use jobinsight_core::arrow_array::RecordBatch;
use jobinsight_core::{
    EtlError, Once, PhaseContext, PhaseSpec, Plugin, Resource, Result, Role, RoleKind, Settings,
    async_trait,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;
use tokio_postgres::types::ToSql;

// `jobinsight explain` lists these codes beside those of the program itself.
jobinsight_core::codes! {
    DIR_EMPTY: Usage = "jobinsight::parquet_export::dir",
        "The setting phases.parquet_export.dir is empty.",
        fix: "name a directory: [phases.parquet_export] dir = \"export\"";
    FILE_NOT_WRITTEN: Operator = "jobinsight::parquet_export::write",
        "The Parquet file cannot be written. The previous file of that day stays.",
        fix: "check the permissions of the directory and the free space on its disk; then: {jobinsight retry}";
}

/// Rows per call of the writer.
const CHUNK: usize = 4096;

/// Settings of this phase: `[phases.parquet_export]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ParquetExportSettings {
    /// The folder of the files, which is created unless it exists.
    pub dir: PathBuf,
    /// The name of the time zone in which a day begins and ends.
    pub time_zone: String,
    /// Bytes of memory for a row group.
    #[schemars(extend("x-unit" = "bytes"))]
    pub group_bytes: usize,
}

impl Default for ParquetExportSettings {
    fn default() -> Self {
        Self {
            dir: "export".into(),
            time_zone: "Asia/Ho_Chi_Minh".to_owned(),
            group_bytes: 32 * 1024 * 1024,
        }
    }
}

struct ParquetExport {
    settings: ParquetExportSettings,
}

impl Plugin for ParquetExport {
    const NAME: &'static str = "parquet_export";
    const ABOUT: &'static str = "writes the postings of a day into a Parquet file";
    const ROLE: RoleKind = RoleKind::Once;
    const NEEDS: &'static [Resource] = &[Resource::Schema, Resource::Published];
    type Settings = ParquetExportSettings;

    fn build(settings: ParquetExportSettings, _: &Settings) -> Result<Role> {
        if settings.dir.as_os_str().is_empty() {
            return Err(EtlError::new(
                DIR_EMPTY,
                "phases.parquet_export.dir is empty",
            ));
        }
        Ok(Role::Once(Box::new(Self { settings })))
    }
}

jobinsight_core::inventory::submit! { PhaseSpec::of::<ParquetExport>() }

#[async_trait]
impl Once for ParquetExport {
    async fn run(&self, cx: &PhaseContext<'_>) -> Result<()> {
        let client = cx.client().await?;
        let fail = |error| EtlError::database(error, "reading the postings of a day");
        let zone = &self.settings.time_zone;
        let day: String = client
            .query_one(
                "SELECT ($1::timestamptz AT TIME ZONE $2)::date::text",
                &[&cx.run.as_of, zone],
            )
            .await
            .map_err(fail)?
            .get(0);
        let texts: Vec<&str> = COLUMNS.iter().map(|column| column.sql).collect();
        let sql = format!(
            "SELECT {} FROM {}.staging_jobs
              WHERE processed_at >= $1::text::date::timestamp AT TIME ZONE $2
                AND processed_at < ($1::text::date + 1)::timestamp AT TIME ZONE $2
              ORDER BY job_id",
            texts.join(", "),
            cx.settings().staging_schema()
        );
        let values: [&(dyn ToSql + Sync); 2] = [&day, zone];
        // A stream asks the server for more rows only when these are written.
        let mut rows = pin!(client.query_raw(&sql, values).await.map_err(fail)?);

        let path = self.settings.dir.join(format!("postings-{day}.parquet"));
        let mut writer = Writer::create(&self.settings)?;
        let mut columns = Columns::default();
        let mut count = 0;
        while let Some(row) = rows.try_next().await.map_err(fail)? {
            columns.push(&row).map_err(fail)?;
            count += 1;
            if columns.len() == CHUNK {
                let chunk = columns.take()?;
                writer = cx.compute(move || writer.write(&chunk)).await??;
            }
        }
        let (chunk, target) = (columns.take()?, path.clone());
        cx.compute(move || writer.write(&chunk)?.finish(&target))
            .await??;
        cx.count_rows(count, count);
        cx.note(format!("{count} postings are in {}", path.display()));
        Ok(())
    }
}

/// The temporary file. Dropping it before `finish` removes it.
struct Writer {
    arrow: ArrowWriter<File>,
    file: NamedTempFile,
    group_bytes: usize,
}

impl Writer {
    fn create(settings: &ParquetExportSettings) -> Result<Self> {
        let dir = &settings.dir;
        let make = || -> Result<(File, NamedTempFile), std::io::Error> {
            std::fs::create_dir_all(dir)?;
            let file = tempfile::Builder::new()
                .prefix(".postings-")
                .tempfile_in(dir)?;
            Ok((file.reopen()?, file))
        };
        let (handle, file) = make().map_err(|error| failed(dir, error))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let arrow = ArrowWriter::try_new(handle, Arc::new(schema()), Some(properties))
            .map_err(|error| failed(dir, error))?;
        Ok(Self {
            arrow,
            file,
            group_bytes: settings.group_bytes,
        })
    }

    fn write(mut self, chunk: &RecordBatch) -> Result<Self> {
        let write = |arrow: &mut ArrowWriter<File>| -> Result<(), ParquetError> {
            arrow.write(chunk)?;
            if arrow.in_progress_size() >= self.group_bytes {
                arrow.flush()?;
            }
            Ok(())
        };
        write(&mut self.arrow).map_err(|error| failed(self.file.path(), error))?;
        Ok(self)
    }

    fn finish(self, path: &Path) -> Result<()> {
        let Self { arrow, file, .. } = self;
        arrow.close().map_err(|error| failed(path, error))?;
        file.as_file()
            .sync_all()
            .map_err(|error| failed(path, error))?;
        file.persist(path)
            .map(|_| ())
            .map_err(|error| failed(path, error.error))
    }
}

fn failed(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> EtlError {
    EtlError::new(
        FILE_NOT_WRITTEN,
        format!("{} cannot be written: {error}", path.display()),
    )
    .caused_by(error)
}
