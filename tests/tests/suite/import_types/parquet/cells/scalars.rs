//! Texts, bytes, booleans and numbers.

use arrow_array::types::Decimal256Type;
use arrow_array::*;

use super::kit::{
    A_NUMBER, Cells, NOT_A_DATE, NOT_BOOLEAN, NOTHING, all, array, json, number, one, only_text,
    time,
};
use arrow_array::types::ArrowPrimitiveType;

const TRUE: Cells = ["1", "1", "true", A_NUMBER];

pub(super) fn texts() -> Vec<(ArrayRef, Cells)> {
    vec![
        (
            array(StringArray::from(vec!["Kế Toán"])),
            only_text("Kế Toán"),
        ),
        (array(StringArray::from(vec!["[1]"])), json("[1]", "[1]")),
        (
            array(LargeStringArray::from(vec!["true"])),
            ["true", "true", "true", NOT_A_DATE],
        ),
        (
            array(StringViewArray::from(vec!["a text that is not inline"])),
            only_text("a text that is not inline"),
        ),
        (
            array(DictionaryArray::<types::Int32Type>::from_iter([
                "05/11/2025",
            ])),
            time("05/11/2025", "2025-11-04 17:00:00"),
        ),
        (
            array(BinaryArray::from(vec!["Lái Xe".as_bytes()])),
            only_text("Lái Xe"),
        ),
        (
            array(LargeBinaryArray::from(vec!["Lái Xe".as_bytes()])),
            only_text("Lái Xe"),
        ),
        (
            array(BinaryViewArray::from(vec![
                "a text that is not inline".as_bytes(),
            ])),
            only_text("a text that is not inline"),
        ),
        (
            array(BinaryArray::from(vec![&b"K\xff"[..]])),
            all("!not a text in UTF-8 (byte 2 of 2)"),
        ),
        (
            array(FixedSizeBinaryArray::try_from_iter([b"2025"].iter()).unwrap()),
            number("2025"),
        ),
        (
            array(FixedSizeBinaryArray::try_from_iter([b"\xc3\x28"].iter()).unwrap()),
            all("!not a text in UTF-8"),
        ),
        (
            array(BooleanArray::from(vec![true])),
            ["true", "true", "true", NOT_A_DATE],
        ),
        (array(NullArray::new(1)), NOTHING),
    ]
}

pub(super) fn integers() -> Vec<(ArrayRef, Cells)> {
    vec![
        (one::<types::Int8Type>(1), TRUE),
        (one::<types::Int16Type>(1), TRUE),
        (one::<types::Int32Type>(1), TRUE),
        (one::<types::Int64Type>(1), TRUE),
        (one::<types::UInt8Type>(1), TRUE),
        (one::<types::UInt16Type>(1), TRUE),
        (one::<types::UInt32Type>(1), TRUE),
        (one::<types::UInt64Type>(1), TRUE),
        (
            one::<types::Int8Type>(-128),
            ["-128", "-128", NOT_BOOLEAN, NOT_A_DATE],
        ),
        (one::<types::UInt8Type>(255), number("255")),
        (one::<types::UInt16Type>(65_535), number("65535")),
        (one::<types::UInt32Type>(u32::MAX), number("4294967295")),
        (
            one::<types::UInt64Type>(u64::MAX),
            number("18446744073709551615"),
        ),
        (
            one::<types::Int64Type>(i64::MAX),
            number("9223372036854775807"),
        ),
    ]
}

pub(super) fn floats_and_decimals() -> Vec<(ArrayRef, Cells)> {
    let decimal = "1234567890123456789012345678.50";
    vec![
        (
            array(Float16Array::from(vec![
                <types::Float16Type as ArrowPrimitiveType>::Native::ONE,
            ])),
            TRUE,
        ),
        (one::<types::Float32Type>(0.1), number("0.1")),
        (
            one::<types::Float32Type>(16_777_216.0),
            all("!too large to be kept exactly"),
        ),
        (one::<types::Float64Type>(1_828_250.0), number("1828250")),
        (one::<types::Float64Type>(12.75), number("12.75")),
        (
            one::<types::Float64Type>(-0.0),
            ["0", "0", "false", A_NUMBER],
        ),
        (
            one::<types::Float64Type>(9_007_199_254_740_992.0),
            all("!too large to be kept exactly"),
        ),
        (one::<types::Float32Type>(f32::NAN), NOTHING),
        (one::<types::Float64Type>(f64::NAN), NOTHING),
        (
            one::<types::Float64Type>(f64::INFINITY),
            all("!inf is not a value"),
        ),
        (
            one::<types::Float64Type>(f64::NEG_INFINITY),
            all("!-inf is not a value"),
        ),
        (
            array(
                Decimal128Array::from(vec![123_456_789_012_345_678_901_234_567_850])
                    .with_precision_and_scale(38, 2)
                    .unwrap(),
            ),
            number(decimal),
        ),
        (
            array(
                Decimal256Array::from(vec![
                    <Decimal256Type as ArrowPrimitiveType>::Native::from_i128(
                        123_456_789_012_345_678_901_234_567_850,
                    ),
                ])
                .with_precision_and_scale(76, 2)
                .unwrap(),
            ),
            number(decimal),
        ),
        (
            array(
                Decimal128Array::from(vec![20_251_105])
                    .with_precision_and_scale(9, 0)
                    .unwrap(),
            ),
            ["20251105", "20251105", NOT_BOOLEAN, "2025-11-04 17:00:00"],
        ),
    ]
}
