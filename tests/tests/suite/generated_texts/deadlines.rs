//! Generated deadlines.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::{TEXTS, assert_none};
use crate::goldens::with_functions;

#[tokio::test]
async fn generated_deadlines_are_parsed_to_their_dates() {
    let db = with_functions().await;
    let mut random = StdRng::seed_from_u64(7);
    // PostgreSQL itself computes the expected time: the end of that day in Asia/Ho_Chi_Minh.
    let mut texts = Vec::new();
    let mut dates = Vec::new();
    let mut days = Vec::new();
    for _ in 0..TEXTS {
        let space = *["", "", " ", "\u{a0}", "\u{200b}"]
            .choose(&mut random)
            .unwrap();
        let (year, month, day) = (
            random.random_range(1990..2100),
            random.random_range(1..=12),
            random.random_range(1..=28),
        );
        let number: i32 = random.random_range(0..=3650);
        let (text, date, after) = match random.random_range(0..5) {
            0 => (
                format!("{day:02}/{month:02}/{year}"),
                Some((year, month, day)),
                None,
            ),
            1 => (
                format!("{day}/{month}/{year}"),
                Some((year, month, day)),
                None,
            ),
            2 => (
                format!("{year}-{month:02}-{day:02}"),
                Some((year, month, day)),
                None,
            ),
            3 => (
                format!("Còn {number} ngày để ứng tuyển"),
                None,
                Some(number),
            ),
            _ => (number.to_string(), None, Some(number)),
        };
        texts.push(format!("{space}{text}{space}"));
        dates.push(date.map(|(year, month, day)| format!("{year}-{month}-{day}")));
        days.push(after);
    }
    for zone in ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"] {
        db.client
            .batch_execute(&format!("SET timezone = '{zone}'"))
            .await
            .unwrap();
        let misses = db
            .client
            .query(
                "SELECT t.text, to_jsonb(d)::text
                   FROM unnest($1::text[], $2::text[], $3::int[]) t (text, date, days),
                        LATERAL jobinsight_staging.parse_deadline(t.text, '2025-10-19T14:27:00+07') d
                  WHERE d.warning IS NOT NULL OR d.due_date IS DISTINCT FROM
                        coalesce((t.date::date + time '23:59:59') AT TIME ZONE 'Asia/Ho_Chi_Minh',
                                 timestamptz '2025-10-19T14:27:00+07' + t.days * 24 * interval '1 hour')",
                &[&texts, &dates, &days],
            )
            .await
            .unwrap();
        assert_none(&misses, zone);
    }
}
