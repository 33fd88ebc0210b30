//! The age of the crawl: how long ago the newest raw row was crawled.

use std::time::{Duration, SystemTime};

use jobinsight_core::{Result, Settings};
use jobinsight_sql::scripts::READ_CRAWL;
use tokio_postgres::Client;

/// The newest crawl.
#[derive(Debug, Clone)]
pub(crate) struct Crawl {
    /// The time, in RFC 3339.
    pub(crate) newest: String,
    /// The age.
    pub(crate) age: Duration,
}

impl Crawl {
    /// Reads the newest crawl up to a moment (`None`: now). Returns `None` if no raw row has a crawl time.
    pub(crate) async fn read(
        client: &Client,
        settings: &Settings,
        moment: Option<SystemTime>,
    ) -> Result<Option<Self>> {
        let script = READ_CRAWL.render(settings);
        let row = client
            .query_one(script.sql(), &[&moment])
            .await
            .map_err(|error| script.error(error, "reading the age of the crawl"))?;
        let newest: Option<String> = row.get(0);
        let age: Option<i64> = row.get(1);
        Ok(newest.zip(age).map(|(newest, age)| Self {
            newest,
            age: Duration::from_secs(u64::try_from(age).unwrap_or(0)),
        }))
    }

    /// The age in words: `3 hours`, `12 days`.
    pub(crate) fn age_in_words(&self) -> String {
        use jobinsight_core::plural::counted;
        let minutes = self.age.as_secs() / 60;
        match minutes {
            0..120 => counted(minutes, "minute"),
            120..2880 => counted(minutes / 60, "hour"),
            _ => counted(minutes / 1440, "day"),
        }
    }
}
