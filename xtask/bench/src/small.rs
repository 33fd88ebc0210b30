//! Small runs: a crawl of a few hundred postings, and a run that finds nothing new.

use std::time::Instant;

use tokio_postgres::Client;

use crate::measurements::{COMMIT, Measurements, SMALL, SMALL_NOTHING, median};
use crate::postings::Posting;
use crate::process::{Pipeline, Usage};
use crate::rows::AS_OF;
use crate::server::{self, Bench};
use crate::{floor, seed};

/// The number of postings of the small crawl that the goals name.
const ROWS: u64 = 383;
/// A small run takes a fraction of a second, so it is measured more often than a large one.
const RUNS_A_ROUND: usize = 3;
/// The number of commits, of which the median counts.
const COMMITS: usize = 50;

/// Measures the first run of a small crawl, a run after it that finds nothing new, and one commit of the server.
pub(crate) async fn measure(
    measured: &mut Measurements,
    bench: &Bench,
    pipeline: &Pipeline,
    postings: &[Posting],
    rounds: usize,
) -> Result<(), String> {
    let name = format!("rows_{ROWS}");
    let (client, existed) = bench.database(&name).await?;
    let url = bench.url(&name)?;
    if !existed {
        server::create_raw(&client).await?;
        seed::copy(&client, postings, ROWS, 0..ROWS).await?;
    }
    for _ in 0..rounds * RUNS_A_ROUND {
        floor::clear_staging(&client).await?;
        for (name, written) in [(SMALL, ROWS), (SMALL_NOTHING, 0)] {
            let (results, usage) = pipeline.run(&url, &["--as-of", AS_OF])?;
            if results["stats"]["processed_records"] != written {
                return Err(format!("{name}: {}", results["stats"]));
            }
            measured.add(0, name, usage);
        }
    }
    let wall = commit(&client).await?;
    measured.add(0, COMMIT, Usage::of(wall));
    Ok(())
}

/// The seconds of one commit that writes a row.
async fn commit(client: &Client) -> Result<f64, String> {
    floor::execute(client, "CREATE TABLE IF NOT EXISTS commits (n BIGINT)").await?;
    let mut all = Vec::new();
    for _ in 0..COMMITS {
        let start = Instant::now();
        floor::execute(client, "INSERT INTO commits VALUES (1)").await?;
        all.push(start.elapsed().as_secs_f64());
    }
    floor::execute(client, "DROP TABLE commits").await?;
    Ok(median(all))
}
