//! Opens a Parquet file, and refuses a file that cannot be read by the name of what is missing.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_schema::Schema;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;

use super::meaning::{Leaves, Meaning};
use super::strings;

/// Why a file is refused, and what to do.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) problem: String,
    pub(crate) help: String,
}

/// The first and the last bytes of a file whose index is encrypted.
const ENCRYPTED: &[u8] = b"PARE";

/// The reader of a file, and the meaning of each column.
pub(super) fn open(
    mut file: File,
) -> Result<(ParquetRecordBatchReaderBuilder<File>, Vec<Meaning>), Refusal> {
    if is_encrypted(&mut file).map_err(|source| unreadable(&source.into()))? {
        return Err(Refusal {
            problem: "is an encrypted Parquet file".to_owned(),
            help: "write it again without encryption".to_owned(),
        });
    }
    let found = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
        .map_err(|source| unreadable(&source))?;
    let chunks = || {
        let groups = found.metadata().row_groups().iter();
        groups.flat_map(RowGroupMetaData::columns)
    };
    if let Some(chunk) = chunks().find(|chunk| chunk.crypto_metadata().is_some()) {
        return Err(Refusal {
            problem: format!("the column {} is encrypted", chunk.column_path().string()),
            help: "write the file again without encryption".to_owned(),
        });
    }
    if let Some(chunk) = chunks().find(|chunk| matches!(chunk.compression(), Compression::LZO)) {
        return Err(Refusal {
            problem: format!(
                "the column {} is compressed by LZO, which is not read",
                chunk.column_path().string()
            ),
            help: "write the file again with another compression, such as snappy or zstd (Spark: spark.sql.parquet.compression.codec, Hive: parquet.compression)".to_owned(),
        });
    }
    let metadata = found.metadata();
    let description = metadata.file_metadata();
    let mut leaves = Leaves::new(
        description.schema_descr().columns(),
        description.created_by(),
    );
    let (fields, meanings) = leaves.fields(found.schema().fields());
    let schema = Schema::new_with_metadata(fields, found.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let metadata = strings::as_bytes(metadata).map_err(|source| unreadable(&source))?;
    let read = ArrowReaderMetadata::try_new(Arc::new(metadata), options)
        .map_err(|source| unreadable(&source))?;
    Ok((
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, read),
        meanings,
    ))
}

fn is_encrypted(file: &mut File) -> io::Result<bool> {
    let mut magic = [0; ENCRYPTED.len()];
    file.rewind()?;
    let is_short = file.read_exact(&mut magic).is_err();
    file.seek(SeekFrom::Start(0))?;
    Ok(!is_short && magic == ENCRYPTED)
}

fn unreadable(source: &ParquetError) -> Refusal {
    Refusal {
        problem: format!("is not a readable Parquet file: {source}"),
        help:
            "if it is text: --input-format csv or jsonl; else write it again with another program"
                .to_owned(),
    }
}
