//! Lists, maps and structs.

use std::sync::Arc;

use arrow_array::builder::{
    FixedSizeListBuilder, Int32Builder, LargeListBuilder, ListBuilder, MapBuilder, StringBuilder,
};
use arrow_array::*;
use arrow_schema::{DataType, Field, Fields};

use super::kit::{Cells, all, array, json, one};

pub(super) fn nested() -> Vec<(ArrayRef, Cells)> {
    let skills = json(r#"["SQL",null,"\"x\""]"#, r#"["SQL", null, "\"x\""]"#);
    let values = [Some("SQL"), None, Some("\"x\"")];
    let mut list = ListBuilder::new(StringBuilder::new());
    list.append_value(values);
    let mut large = LargeListBuilder::new(StringBuilder::new());
    large.append_value(values);
    let mut fixed = FixedSizeListBuilder::new(StringBuilder::new(), 3);
    for value in values {
        fixed.values().append_option(value);
    }
    fixed.append(true);
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("SQL");
    map.values().append_value(5);
    map.keys().append_value("Go");
    map.values().append_null();
    map.append(true).unwrap();
    let mut twice = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    for value in [1, 2] {
        twice.keys().append_value("SQL");
        twice.values().append_value(value);
    }
    twice.append(true).unwrap();
    let exact = Decimal128Array::from(vec![12_345_678_901_234_567_890_123])
        .with_precision_and_scale(38, 2)
        .unwrap();
    let parts: Vec<(Arc<Field>, ArrayRef)> = vec![
        (
            Arc::new(Field::new("name", DataType::Utf8, true)),
            array(StringArray::from(vec!["SQL"])),
        ),
        (
            Arc::new(Field::new("none", DataType::Boolean, true)),
            array(BooleanArray::from(vec![None])),
        ),
        (
            Arc::new(Field::new("exact", exact.data_type().clone(), true)),
            array(exact),
        ),
        (
            Arc::new(Field::new("at", DataType::Date32, true)),
            array(Date32Array::from(vec![20_397])),
        ),
        (
            Arc::new(Field::new("bytes", DataType::Binary, true)),
            array(BinaryArray::from(vec![&b"Go"[..]])),
        ),
    ];
    let whole = StructArray::from(parts);
    let inner = |name, values: ArrayRef| {
        let fields = Fields::from(vec![Field::new(name, values.data_type().clone(), true)]);
        array(StructArray::new(fields, vec![values], None))
    };
    let bad = inner("bytes", array(BinaryArray::from(vec![&b"\xff"[..]])));
    let not_a_number = inner("number", one::<types::Float64Type>(f64::NAN));
    let deep = inner("list", Arc::new(list.finish_cloned()));
    vec![
        (array(list.finish()), skills),
        (array(large.finish()), skills),
        (array(fixed.finish()), skills),
        (
            array(map.finish()),
            json(r#"{"SQL":5,"Go":null}"#, r#"{"Go": null, "SQL": 5}"#),
        ),
        (array(twice.finish()), all("!the key `SQL` twice")),
        (
            array(whole),
            json(
                r#"{"name":"SQL","none":null,"exact":123456789012345678901.23,"at":"2025-11-05","bytes":"Go"}"#,
                r#"{"at": "2025-11-05", "name": "SQL", "none": null, "bytes": "Go", "exact": 123456789012345678901.23}"#,
            ),
        ),
        (
            deep,
            json(
                r#"{"list":["SQL",null,"\"x\""]}"#,
                r#"{"list": ["SQL", null, "\"x\""]}"#,
            ),
        ),
        (bad, all("!not a text in UTF-8")),
        (not_a_number, all("!NaN is not a value")),
    ]
}
