//! Dates, times and durations.

use arrow_array::types::IntervalDayTime;
use arrow_array::*;
use arrow_schema::{DataType, TimeUnit};

use super::kit::{Cells, all, array, only_text, time};

// 2025-11-05T10:00:00Z, and the beginnings of the years 1, 1600 and 3000.
const NOW: i64 = 1_762_336_800;
const YEAR_1: i64 = -62_135_596_800;
const YEAR_1600: i64 = -11_676_096_000;
/// The last day of the year 9999.
const DAY_9999: i32 = 2_932_896;
const YEAR_3000: i64 = 32_503_680_000;

pub(super) fn other_times() -> Vec<(ArrayRef, Cells)> {
    vec![
        (
            array(Date32Array::from(vec![20_397])),
            time("2025-11-05", "2025-11-04 17:00:00"),
        ),
        (
            array(Date32Array::from(vec![-719_162])),
            time("0001-01-01", "0001-12-31 16:53:30 BC"),
        ),
        (
            array(Date32Array::from(vec![DAY_9999])),
            time("9999-12-31", "9999-12-30 17:00:00"),
        ),
        (
            array(Date32Array::from(vec![i32::MAX])),
            all("!outside the years 1 to 9999"),
        ),
        (
            array(Date64Array::from(vec![20_397 * 86_400_000])),
            time("2025-11-05", "2025-11-04 17:00:00"),
        ),
        (
            array(Time32SecondArray::from(vec![36_000])),
            only_text("10:00:00"),
        ),
        (
            array(Time32MillisecondArray::from(vec![36_000_001])),
            only_text("10:00:00.001"),
        ),
        (
            array(Time64MicrosecondArray::from(vec![36_000_000_001])),
            only_text("10:00:00.000001"),
        ),
        (
            array(Time64NanosecondArray::from(vec![36_000_000_000_001])),
            only_text("10:00:00.000000001"),
        ),
        (
            array(TimestampSecondArray::from(vec![i64::MAX])),
            all("!outside the years 1 to 9999"),
        ),
        (
            array(TimestampSecondArray::from(vec![YEAR_1 - 1])),
            all("!outside the years 1 to 9999"),
        ),
        (
            array(
                TimestampNanosecondArray::from(vec![NOW * 1_000_000_000 + 123_456_789])
                    .with_timezone("UTC"),
            ),
            time(
                "2025-11-05T10:00:00.123456789Z",
                "2025-11-05 10:00:00.123457",
            ),
        ),
        (
            array(DurationSecondArray::from(vec![1])),
            all("!is not read"),
        ),
        (
            array(DurationNanosecondArray::from(vec![1])),
            all("!is not read"),
        ),
        (
            array(IntervalYearMonthArray::from(vec![1])),
            all("!is not read"),
        ),
        (
            array(IntervalDayTimeArray::from(vec![IntervalDayTime::new(1, 0)])),
            all("!is not read"),
        ),
    ]
}

pub(super) fn timestamps() -> Vec<(ArrayRef, Cells)> {
    let local = time("2025-11-05T10:00:00", "2025-11-05 03:00:00");
    let utc = time("2025-11-05T10:00:00Z", "2025-11-05 10:00:00");
    let mut cells = Vec::new();
    for (unit, scale) in [
        (TimeUnit::Second, 1),
        (TimeUnit::Millisecond, 1_000),
        (TimeUnit::Microsecond, 1_000_000),
        (TimeUnit::Nanosecond, 1_000_000_000),
    ] {
        let in_zone = |value: i64, zone: Option<&str>| -> ArrayRef {
            let kind = DataType::Timestamp(unit, zone.map(Into::into));
            let data = Int64Array::from(vec![value * scale]).into_data();
            make_array(data.into_builder().data_type(kind).build().unwrap())
        };
        cells.push((in_zone(NOW, None), local));
        cells.push((in_zone(NOW, Some("UTC")), utc));
        cells.push((in_zone(NOW, Some("Asia/Ho_Chi_Minh")), utc));
        cells.push((in_zone(NOW, Some("-03:30")), utc));
        if unit != TimeUnit::Nanosecond {
            let zone = Some("UTC");
            cells.push((
                in_zone(YEAR_1, zone),
                time("0001-01-01T00:00:00Z", "0001-01-01 00:00:00"),
            ));
            cells.push((
                in_zone(YEAR_1600, zone),
                time("1600-01-01T00:00:00Z", "1600-01-01 00:00:00"),
            ));
            cells.push((
                in_zone(YEAR_3000, None),
                time("3000-01-01T00:00:00", "2999-12-31 17:00:00"),
            ));
        }
    }
    cells
}
