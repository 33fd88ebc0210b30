//! Cleaning of tables as users have them.

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, DictionaryArray, Int64Array, LargeStringArray, ListArray, StringViewArray, UInt64Array,
};

use super::*;

/// The texts of a row of a list column.
fn list(batch: &RecordBatch, name: &str, row: usize) -> Option<Vec<String>> {
    let lists: &ListArray = batch.column_by_name(name).unwrap().as_list();
    lists.is_valid(row).then(|| {
        let words = lists.value(row);
        let words = words.as_string::<i32>().iter();
        words
            .map(|word| word.unwrap_or("NULL").to_owned())
            .collect()
    })
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Vec<Option<&'a str>> {
    text(batch, name).unwrap().iter().collect()
}

fn table<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
        .unwrap()
}

fn strings(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// Three postings, of which the second one has no title. Keys are numbers, and `board` is a column of the user.
fn postings() -> RecordBatch {
    table([
        (
            "job_id",
            Arc::new(Int64Array::from(vec![11, 12, 13])) as ArrayRef,
        ),
        (
            "title",
            strings(&[
                Some("Senior Java Developer (Remote, 3+ YOE) - Lương 20 Triệu"),
                Some("  "),
                Some("Lương 12 Triệu"),
            ]),
        ),
        ("company_name", strings(&[Some("CTCP ABC"), None, None])),
        (
            "location",
            strings(&[Some("HCM & 1 nơi khác"), None, Some("Mars")]),
        ),
        (
            "location_detail",
            strings(&[Some("<p>HCM: 1</p><p>Huế: 2</p>"), None, None]),
        ),
        ("skills", strings(&[Some(r#"["NodeJS"]"#), None, None])),
        ("board", strings(&[Some("a"), Some("b"), Some("c")])),
    ])
}

#[test]
fn clean_rows_keep_the_columns_of_the_user_and_get_those_of_staging() {
    let cleaned = clean(&postings(), &CleanOptions::default()).unwrap();
    let rows = &cleaned.rows;
    let schema = rows.schema();
    let names: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect();
    let wanted = "job_id title company_name location location_detail skills board title_clean company_name_standardized \
                  location_pairs location_codes company_key province_codes places salary_min salary_max salary_type \
                  salary_period salary_monthly_min salary_monthly_max salary_source due_date warnings";
    assert_eq!(names.join(" "), wanted);
    assert_eq!(
        rows.column(0)
            .as_primitive::<arrow_array::types::Int64Type>()
            .values(),
        &[11, 13]
    );
    assert_eq!(texts(rows, "board"), [Some("a"), Some("c")]);
    assert_eq!(
        texts(rows, "location"),
        [Some("Hồ Chí Minh, Huế"), Some("Mars")]
    );
    assert_eq!(
        texts(rows, "company_name_standardized"),
        [Some("Công ty Cổ phần ABC"), None]
    );
    assert_eq!(list(rows, "location_codes", 0).unwrap(), ["VN-SG", "VN-26"]);
    assert_eq!(list(rows, "location_codes", 1).unwrap(), [""; 0]);
    assert_eq!(list(rows, "province_codes", 0).unwrap(), ["79", "46"]);
    assert_eq!(list(rows, "province_codes", 1), None);
    assert_eq!(
        list(rows, "warnings", 1).unwrap(),
        ["title_kept", "location_uncoded"]
    );
}

#[test]
fn rejected_rows_and_warnings_name_the_row_of_the_table() {
    let mut batches = BatchCleaner::new(&CleanOptions::default()).unwrap();
    batches.clean(&postings()).unwrap();
    let cleaned = batches.clean(&postings()).unwrap();
    let rows = |batch: &RecordBatch| -> Vec<u64> {
        let rows: &UInt64Array = batch.column(0).as_primitive();
        rows.values().to_vec()
    };
    assert_eq!(
        rows(&cleaned.rejected),
        [4],
        "the second batch begins with row 3"
    );
    let values =
        ["job_id", "field", "reason", "value"].map(|name| texts(&cleaned.rejected, name)[0]);
    assert_eq!(
        values,
        [Some("12"), Some("title"), Some("title_missing"), Some("  ")]
    );
    assert_eq!(rows(&cleaned.warnings), [5, 5]);
    let warnings = texts(&cleaned.warnings, "warning");
    assert_eq!(warnings, [Some("title_kept"), Some("location_uncoded")]);
    assert_eq!(
        texts(&cleaned.warnings, "field"),
        [Some("title"), Some("location")]
    );
    assert_eq!(texts(&cleaned.warnings, "job_id"), [Some("13"); 2]);
}

#[test]
fn facts_are_columns_if_they_are_wanted() {
    let options = CleanOptions {
        with_facts: true,
        ..CleanOptions::default()
    };
    let rows = clean(&postings(), &options).unwrap().rows;
    assert_eq!(texts(&rows, "level"), [Some("senior"), None]);
    assert_eq!(texts(&rows, "work_mode"), [Some("remote"), None]);
    assert_eq!(
        list(&rows, "skills_normalized", 0).unwrap(),
        ["Node.js", "Java"]
    );
    assert_eq!(list(&rows, "skills_normalized", 1), None);
    assert!(rows.column_by_name("posting_key").unwrap().is_valid(0));
}

#[test]
fn every_text_type_of_arrow_has_one_result() {
    let values = [
        Some("[Hà Nội] Kế Toán - Lương 20 Triệu"),
        Some("Kế Toán"),
        Some("Lái Xe"),
    ];
    let dictionary: DictionaryArray<Int32Type> = values.into_iter().collect();
    let columns: [ArrayRef; 4] = [
        strings(&values),
        Arc::new(LargeStringArray::from(values.to_vec())),
        Arc::new(StringViewArray::from(values.to_vec())),
        Arc::new(dictionary),
    ];
    for titles in columns {
        // A slice begins within the buffers of its column.
        let given = table([("title", titles)]).slice(1, 2);
        let rows = clean(&given, &CleanOptions::default()).unwrap().rows;
        assert_eq!(
            texts(&rows, "title_clean"),
            [Some("Kế Toán"), Some("Lái Xe")]
        );
    }
}

#[test]
fn a_column_of_a_wrong_type_and_a_missing_title_are_errors() {
    let error = |batch: &RecordBatch| {
        let cleaned = clean(batch, &CleanOptions::default());
        cleaned.map(|_| ()).unwrap_err().to_string()
    };
    let numbers = Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    let wrong = table([
        ("title", strings(&[Some("x")])),
        ("location", Arc::clone(&numbers)),
    ]);
    assert_eq!(
        error(&wrong),
        "Schema error: the column `location` has the type Int64, and not text"
    );
    assert_eq!(
        error(&table([("name", numbers)])),
        "Schema error: the table has no column `title`; its columns are: name"
    );
}
