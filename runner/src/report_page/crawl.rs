//! The age of the crawl.

use jobinsight_core::{Settings, clock};
use schemars::JsonSchema;
use serde::Serialize;

use crate::ledger::Crawl;

/// The newest crawl when the report was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CrawlFigures {
    /// The time of the newest crawl, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    newest_crawl: String,
    /// The age of the crawl in seconds.
    age_s: u64,
    /// The age of the crawl in words.
    age_in_words: String,
    /// The limits of the settings that the age exceeds: `upstream.max_age`, `warn.crawl_age`.
    exceeded: Vec<String>,
}

impl CrawlFigures {
    pub(super) fn of(crawl: &Crawl, settings: &Settings) -> Self {
        let limits = [
            ("upstream.max_age", &settings.upstream.max_age),
            ("warn.crawl_age", &settings.warn.crawl_age),
        ];
        let exceeded = limits.into_iter().filter_map(|(name, limit)| {
            let limit = limit.as_ref()?;
            let most = clock::parse_age(limit)?;
            (crawl.age > most).then(|| format!("{name} = {limit}"))
        });
        Self {
            newest_crawl: crawl.newest.clone(),
            age_s: crawl.age.as_secs(),
            age_in_words: crawl.age_in_words(),
            exceeded: exceeded.collect(),
        }
    }
}
