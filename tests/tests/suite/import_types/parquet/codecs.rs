//! Each compression codec of the format is read, or refused by its name.

use std::io::Write as _;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use jobinsight_tests::Db;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::encryption::encrypt::FileEncryptionProperties;
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};

use super::file;
use crate::import_types::import;

/// Texts that repeat, so that compression changes them.
fn batch() -> RecordBatch {
    let keys: Vec<String> = (0..500).map(|n| n.to_string()).collect();
    let titles: Vec<String> = (0..500)
        .map(|n| format!("Kế Toán Trưởng {}", n / 10))
        .collect();
    RecordBatch::try_from_iter([
        ("job_id", Arc::new(StringArray::from(keys)) as ArrayRef),
        ("title", Arc::new(StringArray::from(titles))),
    ])
    .unwrap()
}

#[tokio::test]
async fn each_codec_and_each_version_of_the_format_is_read() {
    let db = Db::new().await;
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            for has_dictionary in [false, true] {
                db.client.batch_execute("TRUNCATE raw_jobs").await.unwrap();
                let properties = WriterProperties::builder()
                    .set_compression(compression)
                    .set_writer_version(version)
                    .set_dictionary_enabled(has_dictionary)
                    .set_statistics_enabled(EnabledStatistics::None)
                    .build();
                let report = import(&db, "a.parquet", &file(&batch(), properties));
                assert_eq!(
                    (&report["inserted"], &report["rejected"]),
                    (&500.into(), &0.into()),
                    "{compression} {report}"
                );
                let right = "SELECT count(*) FROM raw_jobs WHERE title = 'Kế Toán Trưởng ' || job_id::int / 10";
                assert_eq!(db.count(right).await, 500, "{compression}");
            }
        }
    }
}

/// A file whose index says that its columns have this codec, although they have another one.
fn relabelled(bytes: &[u8], codec: Compression) -> Vec<u8> {
    let mut original = tempfile::tempfile().unwrap();
    original.write_all(bytes).unwrap();
    let metadata = ParquetMetaDataReader::new()
        .parse_and_finish(&original)
        .unwrap();
    let relabel = |column: &ColumnChunkMetaData| {
        column
            .clone()
            .into_builder()
            .set_compression(codec)
            .build()
            .unwrap()
    };
    let groups: Vec<RowGroupMetaData> = metadata
        .row_groups()
        .iter()
        .map(|group| {
            let columns = group.columns().iter().map(relabel).collect();
            group
                .clone()
                .into_builder()
                .set_column_metadata(columns)
                .build()
                .unwrap()
        })
        .collect();
    let metadata = metadata.into_builder().set_row_groups(groups).build();
    let length = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap());
    let mut file = bytes[..bytes.len() - 8 - length as usize].to_vec();
    ParquetMetaDataWriter::new(&mut file, &metadata)
        .finish()
        .unwrap();
    file
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_by_the_name_of_the_cause() {
    let db = Db::new().await;
    let whole = file(&batch(), WriterProperties::default());
    let lzo = relabelled(&whole, Compression::LZO);
    let wrong = relabelled(&whole, Compression::ZSTD(ZstdLevel::default()));
    let encrypted = [b"PARE", &whole[4..whole.len() - 4], b"PARE"].concat();
    let encryption = |is_footer_plain| {
        let keys = FileEncryptionProperties::builder(b"0123456789012345".to_vec())
            .with_column_key("title", b"1234567890123450".to_vec())
            .with_plaintext_footer(is_footer_plain);
        let properties =
            WriterProperties::builder().with_file_encryption_properties(keys.build().unwrap());
        file(&batch(), properties.build())
    };
    let (encrypted_column, encrypted_file) = (encryption(true), encryption(false));
    for (bytes, message, help) in [
        (
            lzo.as_slice(),
            "column job_id is compressed by LZO",
            "snappy or zstd",
        ),
        (
            &encrypted,
            "is an encrypted Parquet file",
            "without encryption",
        ),
        (
            &encrypted_file,
            "is an encrypted Parquet file",
            "without encryption",
        ),
        (
            &encrypted_column,
            "the column title is encrypted",
            "without encryption",
        ),
        (&wrong, "cannot be decoded", "pyarrow"),
        (
            &whole[..whole.len() / 2],
            "is not a readable Parquet file",
            "another program",
        ),
        (b"", "is not a readable Parquet file", "another program"),
    ] {
        let path = db.state.path().join("a.parquet");
        std::fs::write(&path, bytes).unwrap();
        let end = db.json(&["import", path.to_str().unwrap()]);
        end.failed(2, "jobinsight::import::format");
        let error = &end.object()["error"];
        assert!(end.error_message().contains(message), "{error}");
        assert!(error["help"].as_str().unwrap().contains(help), "{error}");
    }
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 0);
}
