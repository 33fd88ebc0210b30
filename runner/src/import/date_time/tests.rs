use jiff::tz::TimeZone;

use super::TimeType;

fn read(text: &str) -> Result<String, String> {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    TimeType::Instant.read(text, &zone)
}

#[test]
fn each_form_has_one_meaning() {
    for (text, meaning) in [
        ("2025-11-05", "2025-11-05T00:00:00+07:00:00"),
        ("2025/11/5", "2025-11-05T00:00:00+07:00:00"),
        ("20251105", "2025-11-05T00:00:00+07:00:00"),
        ("05/11/2025", "2025-11-05T00:00:00+07:00:00"),
        ("5-11-2025", "2025-11-05T00:00:00+07:00:00"),
        (" 13.11.2025 ", "2025-11-13T00:00:00+07:00:00"),
        ("05/11/2025 9:05", "2025-11-05T09:05:00+07:00:00"),
        ("2025-11-05T10:00:00Z", "2025-11-05T10:00:00+00:00:00"),
        ("2025-11-05 10:00:00 UTC", "2025-11-05T10:00:00+00:00:00"),
        (
            "2025-11-05 10:00:00.25-0330",
            "2025-11-05T10:00:00.25-03:30:00",
        ),
        ("20251105T100001Z", "2025-11-05T10:00:01+00:00:00"),
        ("2025-11-05+07", "2025-11-05T00:00:00+07:00:00"),
        ("2025-11-05T24:00", "2025-11-06T00:00:00+07:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00:00"),
        ("1900-01-01", "1900-01-01T00:00:00+07:06:30"),
        ("0001-01-01", "0001-01-01T00:00:00+07:06:30"),
        ("31/12/9999 23:59:59", "9999-12-31T23:59:59+07:00:00"),
        (
            "9999-12-31T23:59:59.123456Z",
            "9999-12-31T23:59:59.123456+00:00:00",
        ),
    ] {
        assert_eq!(read(text).as_deref(), Ok(meaning), "{text}");
    }
}

#[test]
fn every_other_text_is_rejected_with_a_reason() {
    for (text, reason) in [
        ("31/02/2025", "not a date of the calendar"),
        ("11/13/2025", "not a date of the calendar"),
        ("0000-01-01", "not a date of the calendar"),
        ("05/11/25", "two digits"),
        ("1730775600", "is a number"),
        ("1730775600000", "is a number"),
        ("1730775600.5", "is a number"),
        ("2025", "is a number"),
        ("infinity", "is not a date"),
        ("now", "is not a date"),
        ("", "is not a date"),
        ("2025-11-05 BC", "is not a date"),
        ("05/11/2025 10:00 PM", "is not a date"),
        (
            "2025-11-05T10:00:00+07:00[Asia/Ho_Chi_Minh]",
            "is not a date",
        ),
        ("2025-11-05 25:00", "is not a date"),
        ("12025-11-05", "is not a date"),
        ("5 Nov 2025", "is not a date"),
    ] {
        match read(text) {
            Err(found) if found.contains(reason) => {}
            found => panic!("{text}: {found:?}"),
        }
    }
}

#[test]
fn types_without_a_zone_show_the_clock_of_the_import() {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let late = "2025-11-05T23:30:00Z";
    assert_eq!(
        TimeType::Clock.read(late, &zone).as_deref(),
        Ok("2025-11-06T06:30:00")
    );
    assert_eq!(TimeType::Day.read(late, &zone).as_deref(), Ok("2025-11-06"));
    assert_eq!(
        TimeType::Day.read("05/11/2025", &zone).as_deref(),
        Ok("2025-11-05")
    );
}
