//! The quality gate: the check that stops a run when too many rows are rejected.
//!
//! # Rule
//! 1. The gate judges the rows of this run. It adds the rows of failed runs with the same rule set, back to the last run that
//!    published all of its batches. A killed run, its retry, and the run that processes the rest are therefore judged like one
//!    run without a failure.
//! 2. A row that was rejected before the run, and has not changed since, is not judged again. Such a row is processed after
//!    `rejects replay`, with other rules, or because its clean row had to stay in staging. There is one exception: a run that
//!    reads all rows in ranges of blocks (a first load, or a run with `only_unprocessed = false`) judges every row.
//! 3. The gate closes when more of the judged rows are rejected than `integrity_threshold` allows. The comparison is exact.
//! 4. There is one exception, because a share of few rows says little. Up to `integrity_min_rejects` rejected rows pass as
//!    long as all raw rows together meet the threshold, and one rejected row always passes. A threshold of 1 allows no row.
//!
//! A small delta, a replay or a retry of a part therefore never closes the gate for what the whole would have passed.
//!
//! # Example
//! The threshold is 0.98, and 1,000 rows are published. 20 new rows arrive, and 3 of them are bad. The share of 20 rows allows
//! none. All 1,020 rows allow 20, which is more than `integrity_min_rejects` = 10, so up to 10 rows pass: the run succeeds.
//! A first load of 100 rows with 3 bad ones fails, because all rows together allow only 2.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::advice;
use crate::plural::{are, counted};
use crate::{EtlError, Reject, Result, Settings, codes};

/// The rows that the quality gate judges.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// All rows.
    pub rows: u64,
    /// Rejected rows among them.
    pub rejected: u64,
    /// Rows of the failed runs before this one.
    pub rows_before: u64,
    /// Rejected rows among those, except the ones that this run processes again.
    pub rejected_before: u64,
    /// All raw rows of the plan.
    pub raw: u64,
    /// Raw rows that are rejected and not judged.
    pub rejected_elsewhere: u64,
}

/// Lets a batch with these rejects pass, or returns the error that stops the run.
pub(crate) fn pass(judged: &Judged, settings: &Settings, rejects: &[Reject]) -> Result<()> {
    let threshold = settings.integrity_threshold;
    let allowed = allowed_of(judged, threshold, settings.integrity_min_rejects);
    if judged.rejected <= allowed {
        return Ok(());
    }
    let reasons = reasons(rejects);
    let mut message = format!(
        "{} of {} {} rejected, and integrity_threshold = {threshold} allows {allowed}; nothing more is published. In this batch: {}",
        judged.rejected,
        counted(judged.rows, "row"),
        are(judged.rejected),
        reasons.join("; ")
    );
    if judged.rows_before > 0 {
        let _ = write!(
            message,
            ". Failed runs before this one are included: {}, {} of them rejected",
            counted(judged.rows_before, "row"),
            judged.rejected_before
        );
    }
    Err(EtlError::new(codes::QUALITY_INTEGRITY, message).help(format!(
        "fix the source and run again; or look at the rows, and accept them as rejected: ETL_INTEGRITY_THRESHOLD={} {} (lower, if later batches contain more of them)",
        enough(judged.rows, judged.rejected),
        advice::command_again()
    )))
}

/// The reasons of rejected rows, each with the number of its rows and one of them.
fn reasons(rejects: &[Reject]) -> Vec<String> {
    let mut reasons = BTreeMap::<String, (u64, &Reject)>::new();
    for reject in rejects {
        let reason = format!("{} ({})", reject.reason, reject.field);
        reasons.entry(reason).or_insert((0, reject)).0 += 1;
    }
    let text = |(reason, (count, reject)): (String, (u64, &Reject))| {
        // PostgreSQL or a trigger refused the row as a whole, and the value says why.
        let why = match &reject.value {
            Some(why) if reject.field == Reject::WHOLE_ROW => format!(" ({why})"),
            _ => String::new(),
        };
        format!("{count} × {reason}, such as {}{why}", reject.key)
    };
    reasons.into_iter().map(text).collect()
}

/// The number of judged rows that may be rejected.
fn allowed_of(judged: &Judged, threshold: f64, min_rejects: u64) -> u64 {
    let share = allowed(judged.rows, threshold);
    if threshold >= 1.0 {
        return share;
    }
    let room = allowed(judged.raw, threshold).saturating_sub(judged.rejected_elsewhere);
    share.max(room.max(1).min(min_rejects))
}

/// The number of rows that the threshold allows to be rejected. The threshold is taken in millionths, because it has few
/// decimals and binary fractions would make "exactly at the threshold" uncertain.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ threshold ≤ 1, checked with the settings
pub fn allowed(rows: u64, threshold: f64) -> u64 {
    let lost_ppm = 1_000_000 - (threshold * 1_000_000.0).round() as u128;
    (u128::from(rows) * lost_ppm / 1_000_000) as u64
}

/// The highest threshold with two decimals under which so many rejected rows pass.
fn enough(rows: u64, rejected: u64) -> String {
    let kept = u128::from(rows.saturating_sub(rejected));
    match kept * 100 / u128::from(rows.max(1)) {
        100 => "1".to_owned(),
        0 => "0".to_owned(),
        percent => format!("0.{percent:02}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_threshold_is_exact() {
        assert_eq!(allowed(100, 0.98), 2);
        assert_eq!(allowed(99, 0.98), 1);
        assert_eq!(allowed(49, 0.98), 0);
        assert_eq!(allowed(1_000_000, 0.999_999), 1);
        assert_eq!(allowed(10, 0.0), 10);
        assert_eq!(allowed(10, 1.0), 0);
    }

    #[test]
    fn one_bad_row_always_passes_unless_the_threshold_is_1() {
        let one = first_load(1);
        assert_eq!(allowed_of(&one, 0.98, 10), 1);
        assert_eq!(allowed_of(&one, 1.0, 10), 0);
        assert_eq!(allowed_of(&one, 0.98, 0), 0);
    }

    #[test]
    fn the_example_of_the_rule() {
        let delta = Judged {
            rows: 20,
            raw: 1_020,
            ..Judged::default()
        };
        assert_eq!(allowed_of(&delta, 0.98, 10), 10);
        assert_eq!(allowed_of(&first_load(100), 0.98, 10), 2);
    }

    #[test]
    fn the_suggested_threshold_lets_all_rejected_rows_pass() {
        assert_eq!(enough(1, 1), "0");
        assert_eq!(enough(10, 1), "0.9");
        assert_eq!(enough(100, 3), "0.97");
        assert_eq!(enough(100_000, 2_001), "0.97");
    }

    fn first_load(rows: u64) -> Judged {
        Judged {
            rows,
            raw: rows,
            ..Judged::default()
        }
    }

    proptest! {
        /// A table of `raw` rows with `bad` bad ones, of which a small delta has `new_bad`.
        #[test]
        fn a_small_delta_never_closes_the_gate_for_what_the_whole_passes(
            raw in 1..100_000u64, bad in 0..3_000u64, delta in 0..100_000u64, new_bad in 0..20u64, threshold in 0.5..1.0f64, least in 0..20u64
        ) {
            let (bad, delta) = (bad.min(raw), delta.min(raw));
            let new_bad = new_bad.min(bad).min(delta).min(least);
            let whole_passes = bad <= allowed_of(&first_load(raw), threshold, 0);
            let judged = Judged { rows: delta, raw, rejected_elsewhere: bad - new_bad, ..Judged::default() };
            if whole_passes {
                prop_assert!(new_bad <= allowed_of(&judged, threshold, least));
            }
        }

        /// `old` rows of the table were rejected before. They are planned again, and are not judged.
        #[test]
        fn a_replay_never_closes_the_gate(raw in 1..100_000u64, bad in 0..3_000u64, old in 0..3_000u64, threshold in 0.5..1.0f64, least in 0..20u64) {
            let bad = bad.min(raw);
            let old = old.min(bad);
            let replay_alone = Judged { rows: 0, raw, rejected_elsewhere: bad, ..Judged::default() };
            prop_assert!(replay_alone.rejected <= allowed_of(&replay_alone, threshold, least));
            // All rows are processed again, the old rejected rows among them.
            let all = Judged { rows: raw - old, raw, rejected_elsewhere: old, ..Judged::default() };
            if bad <= allowed_of(&first_load(raw), threshold, 0) {
                prop_assert!(bad - old <= allowed_of(&all, threshold, least));
            }
        }

        /// A run stops after `done` of its rows, `done_bad` of them bad. A run over the rest counts those rows as well.
        #[test]
        fn a_retry_of_a_part_is_judged_like_the_whole(raw in 1..100_000u64, done in 0..100_000u64, threshold in 0.0..=1.0f64, least in 0..20u64) {
            let done = done.min(raw);
            let rest = Judged { rows: (raw - done) + done, rows_before: done, raw, ..Judged::default() };
            prop_assert_eq!(allowed_of(&rest, threshold, least), allowed_of(&first_load(raw), threshold, least));
        }

        /// The exception is small: a first load passes by the share alone, except for a single row.
        #[test]
        fn a_first_load_passes_by_its_share(rows in 1..100_000u64, threshold in 0.0..1.0f64, least in 1..20u64) {
            prop_assert_eq!(allowed_of(&first_load(rows), threshold, least), allowed(rows, threshold).max(1));
        }

        #[test]
        fn the_exception_never_lets_more_than_its_number_pass(rows in 0..100_000u64, raw in 0..1_000_000u64, elsewhere in 0..100_000u64, threshold in 0.0..=1.0f64, least in 0..20u64) {
            let judged = Judged { rows, raw, rejected_elsewhere: elsewhere, ..Judged::default() };
            prop_assert!(allowed_of(&judged, threshold, least) <= allowed(rows, threshold).max(least));
        }

        #[test]
        fn the_suggested_threshold_is_the_highest_that_passes(rows in 1..1_000_000u64, part in 0.0..1.0f64) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let rejected = ((rows as f64 * part) as u64).max(1);
            let said: f64 = enough(rows, rejected).parse().unwrap();
            prop_assert!(allowed(rows, said) >= rejected);
            prop_assert!(allowed(rows, said + 0.01) < rejected);
        }
    }
}
