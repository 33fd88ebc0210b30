//! Files as Spark, Hive, Impala and old programs write them: without annotations, with INT96, with types of their own.

use std::sync::Arc;

use jobinsight_tests::Db;
use parquet::data_type::{
    ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int64Type, Int96,
    Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use crate::import_types::import;

const DAYS_TO_1970: i64 = 2_440_588;

/// A time as INT96: nanoseconds of the day, and the Julian day.
fn int96(day: i64, nanoseconds: u64) -> Int96 {
    let mut value = Int96::new();
    value.set_data(
        (nanoseconds & 0xffff_ffff) as u32,
        (nanoseconds >> 32) as u32,
        u32::try_from(day + DAYS_TO_1970).unwrap(),
    );
    value
}

/// Writes a file with this schema. Every column is optional.
fn file(
    schema: &str,
    created_by: &str,
    write: impl FnOnce(&mut SerializedRowGroupWriter<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message m {{ {schema} }}")).unwrap());
    let properties = WriterProperties::builder().set_created_by(created_by.to_owned());
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties.build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    write(&mut group);
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

/// Writes the next column. Every value is present.
fn column<T: DataType>(group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>, values: &[T::T]) {
    let mut column = group.next_column().unwrap().unwrap();
    let levels = vec![1; values.len()];
    column
        .typed::<T>()
        .write_batch(values, Some(&levels), None)
        .unwrap();
    column.close().unwrap();
}

fn texts(values: &[&str]) -> Vec<ByteArray> {
    values.iter().map(|value| ByteArray::from(*value)).collect()
}

const ROWS: &str = "SELECT string_agg(concat_ws('|', job_id, job_url, (posted_time AT TIME ZONE 'UTC')::text, skills), ' ' ORDER BY job_id) FROM raw_jobs";

#[tokio::test]
async fn int96_is_the_time_in_utc_or_the_local_time_of_impala_and_has_no_limit_of_nanoseconds() {
    let db = Db::new().await;
    let schema = "optional binary job_id; optional binary title; optional int96 posted_time;";
    let noon = 43_200_000_000_000;
    for (program, meanings) in [
        (
            "parquet-mr version 1.10.1 (build a89df8f9932b6ef6633d06069e50c9b7970bebd1)",
            "1|2025-11-05 12:00:00 2|0001-01-01 12:00:00 3|1600-01-01 12:00:00 4|3000-01-01 12:00:00.000001",
        ),
        (
            "impala version 3.4.0-RELEASE",
            "1|2025-11-05 05:00:00 2|0001-01-01 04:53:30 3|1600-01-01 04:53:30 4|3000-01-01 05:00:00.000001",
        ),
    ] {
        db.client.batch_execute("TRUNCATE raw_jobs").await.unwrap();
        let bytes = file(schema, program, |group| {
            column::<ByteArrayType>(group, &texts(&["1", "2", "3", "4"]));
            column::<ByteArrayType>(group, &texts(&["T", "T", "T", "T"]));
            let times = [
                int96(20_397, noon),
                int96(-719_162, noon),
                int96(-135_140, noon),
                int96(376_200, noon + 1_000),
            ];
            column::<Int96Type>(group, &times);
        });
        assert_eq!(import(&db, "a.parquet", &bytes)["rejected"], 0);
        assert_eq!(db.one(ROWS).await, meanings, "{program}");
    }
}

#[tokio::test]
async fn bytes_without_an_annotation_are_text_and_other_formats_are_rejected() {
    let db = Db::new().await;
    let schema = "optional binary job_id; optional binary title (ENUM); optional binary job_url; optional binary skills (JSON);
         optional int64 posted_time (TIMESTAMP_MILLIS);";
    let bytes = file(schema, "parquet-mr", |group| {
        column::<ByteArrayType>(group, &texts(&["0012", "0013", "0014"]));
        column::<ByteArrayType>(group, &texts(&["Kế Toán", "Lái Xe", "Thu Ngân"]));
        let urls = ["a".into(), ByteArray::from(vec![0xe0, 0x20]), "b".into()];
        column::<ByteArrayType>(group, &urls);
        column::<ByteArrayType>(group, &texts(&["[1.10]", "[]", "{"]));
        column::<Int64Type>(group, &[1_762_336_800_000, 0, 0]);
    });
    let report = import(&db, "a.parquet", &bytes);
    assert_eq!(db.one(ROWS).await, "0012|a|2025-11-05 10:00:00|[1.10]");
    let reasons = report["rejects"].to_string();
    assert!(
        reasons.contains("job_url: the bytes are not a text in UTF-8 (byte 1 of 2)"),
        "{reasons}"
    );
    assert!(reasons.contains("type json"), "{reasons}");

    let bytes = file(
        "optional binary job_id; optional binary title (BSON);",
        "x",
        |group| {
            column::<ByteArrayType>(group, &texts(&["1"]));
            column::<ByteArrayType>(group, &[ByteArray::from(vec![5, 0, 0, 0, 0])]);
        },
    );
    let report = import(&db, "b.parquet", &bytes);
    assert_eq!(
        report["rejects"][0]["reason"],
        "title: the value is BSON, which is not read"
    );
}

#[tokio::test]
async fn a_text_with_bytes_that_are_not_utf_8_rejects_its_row_and_not_the_file() {
    let db = Db::new().await;
    let schema = "optional binary job_id (UTF8); optional binary title (UTF8); optional binary job_url (JSON);
         optional group skills (LIST) { repeated group list { optional binary element (UTF8); } }";
    let bytes = file(schema, "x", |group| {
        column::<ByteArrayType>(group, &texts(&["1", "2", "3", "4"]));
        let titles = [
            "A".into(),
            ByteArray::from(vec![b'K', 0xea]),
            "C".into(),
            "D".into(),
        ];
        column::<ByteArrayType>(group, &titles);
        let urls = [
            "a".into(),
            "b".into(),
            ByteArray::from(vec![0xff]),
            "d".into(),
        ];
        column::<ByteArrayType>(group, &urls);
        let mut nested = group.next_column().unwrap().unwrap();
        let skills = [
            "SQL".into(),
            "".into(),
            "".into(),
            ByteArray::from(vec![0xff]),
        ];
        nested
            .typed::<ByteArrayType>()
            .write_batch(&skills, Some(&[3; 4]), Some(&[0; 4]))
            .unwrap();
        nested.close().unwrap();
    });
    let report = import(&db, "a.parquet", &bytes);
    assert_eq!(
        (&report["inserted"], &report["rejected"]),
        (&1.into(), &3.into()),
        "{report}"
    );
    for (at, column) in ["title", "job_url", "skills"].iter().enumerate() {
        let reason = report["rejects"][at]["reason"].as_str().unwrap();
        let wanted = format!("{column}: the bytes are not a text in UTF-8");
        assert!(reason.starts_with(&wanted), "{reason}");
    }
    assert_eq!(db.one(ROWS).await, "1|a|[\"SQL\"]");
}

#[tokio::test]
async fn a_uuid_has_its_usual_text() {
    let db = Db::new().await;
    let schema = "optional binary job_id; optional binary title; optional fixed_len_byte_array(16) job_url (UUID);
         optional group skills { optional fixed_len_byte_array(16) id (UUID); }";
    let bytes = file(schema, "x", |group| {
        column::<ByteArrayType>(group, &texts(&["1"]));
        column::<ByteArrayType>(group, &texts(&["T"]));
        let uuid = FixedLenByteArray::from(b"0123456789abcdef".to_vec());
        column::<FixedLenByteArrayType>(group, std::slice::from_ref(&uuid));
        let mut nested = group.next_column().unwrap().unwrap();
        nested
            .typed::<FixedLenByteArrayType>()
            .write_batch(&[uuid], Some(&[2]), None)
            .unwrap();
        nested.close().unwrap();
    });
    import(&db, "a.parquet", &bytes);
    let uuid = "30313233-3435-3637-3839-616263646566";
    assert_eq!(
        db.one(ROWS).await,
        format!("1|{uuid}|{{\"id\": \"{uuid}\"}}")
    );
}
