use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, StringArray, TimestampMicrosecondArray};
use jiff::Timestamp;

use super::patterns::PATTERNS;
use super::*;
use crate::RuleSet;
use crate::pattern::assert_compiled;

/// When the texts were crawled: half past three in the afternoon in Vietnam.
const CRAWLED: &str = "2026-01-15T08:30:00Z";

/// 9999-12-31T16:59:59Z
const LAST: i64 = 253_402_275_599_000_000;

fn micros(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_microsecond()
}

/// The due date in UTC, or the warning.
fn due(text: &str, rules: RuleSet) -> String {
    match read(text, rules).due_after(Some(micros(CRAWLED))) {
        // The last day of a timestamp of jiff is 9999-12-30.
        (Some(due), None) if due == LAST => "9999-12-31T16:59:59Z".to_owned(),
        (Some(due), None) => Timestamp::from_microsecond(due).unwrap().to_string(),
        (None, Some(warning)) => warning.word().to_owned(),
        (None, None) => "-".to_owned(),
        (due, warning) => panic!("{due:?} and {warning:?}"),
    }
}

#[test]
fn every_pattern_is_compiled() {
    assert_compiled(PATTERNS);
}

#[test]
fn a_deadline_is_a_date_or_the_time_that_is_left() {
    for (text, wanted) in [
        ("", "-"),
        (" \u{200b}\u{a0}", "-"),
        ("\u{301}", "deadline_unparsed"),
        ("30", "2026-02-14T08:30:00Z"),
        ("Còn 30 ngày để ứng tuyển", "2026-02-14T08:30:00Z"),
        ("Hết hạn trong 22 giờ", "2026-01-16T06:30:00Z"),
        ("2 tuần, 1 ngày và 30 phút", "2026-01-30T09:00:00Z"),
        ("Hôm nay", "2026-01-15T16:59:59Z"),
        ("Expires tomorrow", "2026-01-16T16:59:59Z"),
        ("31/12/2026", "2026-12-31T16:59:59Z"),
        ("Hạn nộp: 4-8-2026", "2026-08-04T16:59:59Z"),
        ("2026-12-31T10:00:00+07:00", "2026-12-31T16:59:59Z"),
        ("31 tháng 12 năm 2026", "2026-12-31T16:59:59Z"),
        ("1st Sept, 2026", "2026-09-01T16:59:59Z"),
        ("December 31, 2026", "2026-12-31T16:59:59Z"),
        ("31/02/2026", "deadline_unparsed"),
        ("31/12/9999", "9999-12-31T16:59:59Z"),
        ("Ngày đăng 31/12/2026", "deadline_unparsed"),
        ("Đã hết hạn 2 ngày", "deadline_unparsed"),
        ("3650", "2036-01-13T08:30:00Z"),
        ("3651", "deadline_unparsed"),
        ("3650 ngày 1 phút", "deadline_unparsed"),
        ("-5", "deadline_unparsed"),
    ] {
        assert_eq!(due(text, RuleSet::Standard), wanted, "{text}");
    }
    assert_eq!(
        due(&" ".repeat(1001), RuleSet::Standard),
        "deadline_unparsed"
    );
}

#[test]
fn a_date_before_1975_has_the_offset_of_its_time() {
    for (text, wanted) in [
        ("01/01/1970", "1970-01-01T15:59:59Z"),
        // The clocks were set forward at 23:00, so this second did not exist.
        ("31/12/1942", "1942-12-31T16:59:59Z"),
        ("1/1/1900", "1900-01-01T16:53:29Z"),
    ] {
        assert_eq!(due(text, RuleSet::Standard), wanted, "{text}");
    }
}

#[test]
fn the_rules_v1_accept_only_a_number_of_days() {
    for (text, wanted) in [
        ("30", "2026-02-14T08:30:00Z"),
        (" -5 ", "2026-01-10T08:30:00Z"),
        ("+9999", "2053-06-01T08:30:00Z"),
        ("", "-"),
        ("12345678", "deadline_unparsed"),
        ("31/12/2026", "deadline_unparsed"),
    ] {
        assert_eq!(due(text, RuleSet::V1), wanted, "{text}");
    }
}

#[test]
fn columns_have_due_dates_words_and_warnings() {
    let crawled = micros(CRAWLED);
    let deadlines = StringArray::from(vec![
        Some("2"),
        Some("2"),
        None,
        Some("31/12/2026"),
        Some("soon"),
    ]);
    let crawls = TimestampMicrosecondArray::from(vec![
        Some(crawled),
        None,
        Some(crawled),
        None,
        Some(crawled),
    ]);
    let now = crawled + 47 * 3_600_000_000;
    let made = parse(&deadlines, &crawls, now, RuleSet::Standard).unwrap();
    let due = made["due_date"].as_primitive::<TimestampMicrosecondType>();
    let row = |row: usize| {
        let word = |name: &str| {
            let words = made[name].as_string::<i32>();
            words.is_valid(row).then(|| words.value(row).to_owned())
        };
        (
            due.is_valid(row),
            word("time_remaining"),
            word("deadline_warning"),
        )
    };
    let some = |word: &str| Some(word.to_owned());
    assert_eq!(due.value(0), crawled + 2 * 86_400_000_000);
    assert_eq!(row(0), (true, some("Còn 1 giờ để ứng tuyển"), None));
    // The time of the crawl is missing.
    assert_eq!(row(1), (false, None, some("deadline_unparsed")));
    assert_eq!(row(2), (false, None, None));
    assert_eq!(row(3), (true, some("Còn 348 ngày để ứng tuyển"), None));
    assert_eq!(row(4), (false, None, some("deadline_unparsed")));

    let short = TimestampMicrosecondArray::from(vec![crawled]);
    assert!(parse(&deadlines, &short, now, RuleSet::Standard).is_err());
}
