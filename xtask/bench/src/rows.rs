//! Generates raw rows that look like real postings. The same number always generates the same rows, on every machine.
//!
//! Most titles are distinct: each has the role of one posting and the tail of another. A third of the companies are
//! distinct. Places, salaries and deadlines repeat as often as in the postings. Keys rise with the crawl, but not strictly,
//! because the list pages of a board show neighbours in any order.

use std::fmt::Write;

use crate::postings::Posting;

/// The number of neighbouring rows whose keys are shuffled.
const WINDOW: u64 = 1024;
/// The largest number of characters of a title in the list of a board.
const LONGEST_TITLE: usize = 100;
/// Rows that are crawled per day. A larger table is therefore an older one.
const ROWS_A_DAY: u64 = 10_000;
/// The time at which the last row of a table was crawled, in seconds since 1970 (2025-11-25, midnight in Việt Nam).
const LAST_CRAWL: i64 = 1_764_003_600;

/// The clock of the runs: later than the last generated crawl, and fixed, so that runs can be compared.
pub(crate) const AS_OF: &str = "2025-12-01T00:00:00+07:00";

/// Generates rows.
pub(crate) struct Rows<'a> {
    postings: &'a [Posting],
    tails: Vec<&'a str>,
    companies: Vec<&'a str>,
    total: u64,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(postings: &'a [Posting], total: u64) -> Self {
        let titles = postings
            .iter()
            .filter_map(|posting| posting.title.as_deref());
        let tails = titles
            .map(|title| &title[role_end(title)..])
            .filter(|tail| !tail.is_empty())
            .collect();
        let mut companies: Vec<&str> = postings
            .iter()
            .filter_map(|posting| posting.company_name.as_deref())
            .collect();
        companies.sort_unstable();
        companies.dedup();
        Self {
            postings,
            tails,
            companies,
            total,
        }
    }

    /// Appends row `index` (from 0) in COPY's text format; `version` distinguishes rows of a later crawl.
    pub(crate) fn write(&self, out: &mut String, index: u64, version: u32) {
        let key = key(index);
        let posting = &self.postings[pick(key, 1, self.postings.len())];
        let own_company = pick(
            key,
            2,
            usize::try_from(self.total / 3).unwrap_or(usize::MAX).max(1),
        );
        let slug = format!("{:016x}", mix(own_company as u64));
        let crawled = crawled(index, self.total);
        let posted = crawled - i64::try_from(pick(key, 3, 13)).unwrap_or(0) * 86_400;
        let url = posting.job_url.as_deref().unwrap_or_default();
        let url = &url[..url.rfind('/').map_or(0, |at| at + 1)];
        let _ = write!(out, "{key}\t");
        text(out, &self.title(key, posting));
        let _ = write!(out, "\t{url}{slug}-{key}.html\t");
        text(out, &self.company(own_company));
        let _ = write!(
            out,
            "\thttps://www.example.vn/cong-ty/{slug}-{own_company}.html\t"
        );
        nullable(out, posting.salary.as_deref());
        nullable(out, posting.skills.as_deref());
        nullable(out, posting.location.as_deref());
        nullable(out, posting.location_detail.as_deref());
        nullable(out, posting.deadline.as_deref());
        nullable(out, posting.verified_employer.as_deref());
        if version > 0 {
            let _ = write!(out, "Cập nhật lần {version}\t");
        } else {
            nullable(out, posting.last_update.as_deref());
        }
        let _ = writeln!(
            out,
            "https://static.example.vn/company_logos/{slug}-{own_company}-{:08x}.webp\t{}\t{}",
            mix(key) >> 32,
            time(posted),
            time(crawled)
        );
    }

    fn title(&self, key: u64, posting: &Posting) -> String {
        let title = posting.title.as_deref().unwrap_or_default();
        // One in five keeps its title, because boards show some titles many times.
        if self.tails.is_empty() || pick(key, 4, 5) == 0 {
            return title.to_owned();
        }
        let tail = self.tails[pick(key, 5, self.tails.len())];
        let made = format!("{}{tail}", &title[..role_end(title)]);
        match made.char_indices().nth(LONGEST_TITLE) {
            Some((at, _)) => format!("{}...", made[..at].trim_end()),
            None => made,
        }
    }

    fn company(&self, own: usize) -> String {
        let Some(name) = self.companies.get(own % self.companies.len().max(1)) else {
            return String::new();
        };
        if own < self.companies.len() {
            return (*name).to_owned();
        }
        // A new name: that of one company with the last words of another.
        let other = self.companies[pick(own as u64, 6, self.companies.len())];
        let words: Vec<&str> = other.split(' ').collect();
        let made = format!(
            "{name} {}",
            words[words.len().saturating_sub(2)..].join(" ")
        );
        made.chars().take(200).collect()
    }
}

/// The position at which the role of a title ends and further text begins.
fn role_end(title: &str) -> usize {
    [" - ", " (", ", ", " – ", " | "]
        .iter()
        .filter_map(|sign| title.find(sign))
        .min()
        .unwrap_or(title.len())
}

/// The key of a row. Keys rise, except among neighbours.
fn key(index: u64) -> u64 {
    let window = index / WINDOW;
    let within = (index % WINDOW) * 389 % WINDOW; // 389 and 1024 share no factor: each place is taken once
    1_000_000 + window * WINDOW + within
}

/// The time at which row `index` of a table of `total` rows is crawled, in seconds since 1970. Rows beyond the table are
/// crawled on the following days.
pub(crate) fn crawled(index: u64, total: u64) -> i64 {
    let ahead = i128::from(index) - i128::from(total);
    LAST_CRAWL + i64::try_from(ahead * 86_400 / i128::from(ROWS_A_DAY)).unwrap_or(0)
}

fn mix(value: u64) -> u64 {
    // These are the constants of SplitMix64.
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Chooses one of `among` things, with equal chances, and the same one for the same key and purpose.
fn pick(key: u64, purpose: u64, among: usize) -> usize {
    usize::try_from(mix(key ^ (purpose << 56)) % among.max(1) as u64).unwrap_or(0)
}

fn time(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(seconds).unwrap_or_default()
}

fn nullable(out: &mut String, value: Option<&str>) {
    match value {
        Some(value) => text(out, value),
        None => out.push_str("\\N"),
    }
    out.push('\t');
}

fn text(out: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jobinsight_core::testing::postings::sample_file;

    use super::*;
    use crate::postings;

    fn sample() -> Vec<Posting> {
        postings::read(&sample_file()).unwrap()
    }

    #[test]
    fn rows_are_reproducible_and_have_the_shapes_of_postings() {
        let postings = sample();
        let make = |total: u64| {
            let rows = Rows::new(&postings, total);
            let mut out = String::new();
            (0..total).for_each(|index| rows.write(&mut out, index, 0));
            out
        };
        let table = make(6_144);
        assert_eq!(table, make(6_144));
        let column = |at: usize| -> HashSet<&str> {
            table
                .lines()
                .map(|line| line.split('\t').nth(at).unwrap())
                .collect()
        };
        assert!(table.lines().all(|line| line.split('\t').count() == 15));
        assert_eq!(column(0).len(), 6_144, "keys are unique");
        let companies = column(3).len();
        assert!(
            (1_200..2_100).contains(&companies),
            "about a third of the companies: {companies}"
        );
        assert!(
            column(1).len() > 3_000,
            "titles are mostly distinct: {}",
            column(1).len()
        );
    }
}
