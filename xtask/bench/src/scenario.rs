//! The steps of a bench: first a floor, then the pipeline, on the same server and the same rows.

use std::path::{Path, PathBuf};

use tokio_postgres::Client;

use crate::measurements::{
    COLD, COLD_FACTS, COLD_ONE, DAY, EXPERT, FIRST_QUERY, FLOOR, HELP, Measurements, NEXT_DAY,
    NOTHING, SCAN, SOME, TEN, WINDOW,
};
use crate::peers::{ENGINES, Peers};
use crate::postings::{self, Posting};
use crate::process::{Pipeline, Usage};
use crate::rows::AS_OF;
use crate::server::{self, Bench};
use crate::{floor, kernels, seed, small, startup};

/// The clocks of later runs.
const A_DAY_LATER: &str = "2025-12-02T00:00:00+07:00";
const TWO_DAYS_LATER: &str = "2025-12-03T00:00:00+07:00";

/// Larger sizes are measured once.
const ONCE_FROM: u64 = 1_000_000;

/// The sizes and rounds to measure.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) rows: Vec<u64>,
    pub(crate) rounds: usize,
    pub(crate) from: Option<PathBuf>,
    pub(crate) keep: bool,
    /// Whether Polars and DuckDB are measured too.
    pub(crate) peers: bool,
}

/// The window in days. Six of them are before the run's clock and after the last crawl, so the window contains the rows of
/// four days and the new rows.
const WINDOW_DAYS: &str = "10";

impl Wanted {
    fn file(&self) -> PathBuf {
        let named = self.from.clone();
        named.unwrap_or_else(postings::default_file)
    }
}

/// Measures only the kernels.
pub(crate) fn measure_kernels(root: &Path, wanted: &Wanted) -> Result<Measurements, String> {
    let file = wanted.file();
    let all = postings::all(&file)?;
    Ok(Measurements {
        kernels: kernels::measure(root, &file, &all, wanted.rounds)?,
        ..Measurements::default()
    })
}

/// Measures everything.
pub(crate) async fn measure(root: &Path, wanted: &Wanted) -> Result<Measurements, String> {
    let postings = postings::read(&wanted.file())?;
    let bench = Bench::start(root, wanted.keep).await?;
    let pipeline = Pipeline::new(root, bench.state());
    let mut measured = Measurements {
        shapes: postings.len(),
        ..measure_kernels(root, wanted)?
    };
    for _ in 0..5 {
        measured.add(0, HELP, pipeline.help()?);
    }
    small::measure(&mut measured, &bench, &pipeline, &postings, wanted.rounds).await?;
    let peers = wanted.peers.then(|| Peers::ready(root)).transpose();
    let peers = peers.unwrap_or_else(|why| {
        eprintln!("SKIPPED: Polars and DuckDB: {why}");
        None
    });
    for &rows in &wanted.rows {
        let name = format!("rows_{rows}");
        let (client, existed) = bench.database(&name).await?;
        if measured.server.is_empty() {
            measured.server = version(&client).await?;
        }
        if !existed {
            eprintln!("{rows:>9} rows  generating");
            server::create_raw(&client).await?;
            seed::copy(&client, &postings, rows, 0..rows).await?;
        }
        let size = Size {
            bench: &bench,
            client: &client,
            pipeline: &pipeline,
            postings: &postings,
            peers: peers.as_ref(),
            url: bench.url(&name)?,
            rows,
        };
        // A larger size takes minutes per round. It shows how the cost grows, so one round is enough.
        let rounds = if rows > ONCE_FROM { 1 } else { wanted.rounds };
        for round in 0..rounds {
            size.first_loads(&mut measured, round).await?;
            if measured.all.iter().all(|one| one.name != FIRST_QUERY) {
                for _ in 0..5 {
                    let wall = startup::first_query(&pipeline, &size.url, &["--as-of", AS_OF])?;
                    measured.add(0, FIRST_QUERY, Usage::of(wall));
                }
            }
            size.later_runs(&mut measured, round).await?;
        }
        // The next round or bench starts with the same rows.
        floor::clear(&client).await?;
    }
    Ok(measured)
}

/// A raw table of one size.
struct Size<'a> {
    bench: &'a Bench,
    client: &'a Client,
    pipeline: &'a Pipeline,
    postings: &'a [Posting],
    peers: Option<&'a Peers>,
    url: String,
    rows: u64,
}

impl Size<'_> {
    /// Measures the first loads. The later runs work on the staging of the last one, which is the same after each of them.
    async fn first_loads(&self, measured: &mut Measurements, round: usize) -> Result<(), String> {
        let wall = floor::insert_select(self.client).await?;
        measured.add(self.rows, FLOOR, Usage::of(wall));
        let wall = floor::expert(self.client, &self.url).await?;
        measured.add(self.rows, EXPERT, Usage::of(wall));
        floor::clear(self.client).await?;
        if let Some(peers) = self.peers {
            for (engine, name) in ENGINES {
                let usage = peers
                    .measure(self.client, &self.url, engine, self.rows)
                    .await?;
                measured.add(self.rows, name, usage);
            }
        }
        let two = ["--max-workers", "2"];
        let two_with_facts = ["--max-workers", "2", "--with", "job_facts"];
        let mut loads = [
            (COLD_ONE, &["--max-workers", "1"][..]),
            (COLD_FACTS, &two_with_facts),
            (COLD, &two),
        ];
        // A load pays for what the one before it left behind, such as dirty pages. So the order changes from round to round.
        if round % 2 == 1 {
            loads.reverse();
        }
        for (name, args) in loads {
            floor::clear_staging(self.client).await?;
            let usage = self.run(args, Some(self.rows))?;
            measured.add(self.rows, name, usage);
        }
        Ok(())
    }

    /// Measures the runs after a first load. At the end the raw table is as before.
    async fn later_runs(&self, measured: &mut Measurements, round: usize) -> Result<(), String> {
        let vacuum = "VACUUM (ANALYZE) raw_jobs, jobinsight_staging.staging_jobs";
        // On a real server, autovacuum does this within a day.
        floor::execute(self.client, vacuum).await?;
        floor::execute(self.client, "CHECKPOINT").await?;
        measured.add(
            self.rows,
            NOTHING,
            self.run(&["--max-workers", "2"], Some(0))?,
        );

        let mut next = self.rows;
        for (name, window) in [(WINDOW, Some(WINDOW_DAYS)), (TEN, None)] {
            self.crawl(&mut next, 10_000).await?;
            let file = window.map(|days| self.bench.window(days)).transpose()?;
            let mut args = vec!["--max-workers", "2"];
            args.extend(file.iter().flat_map(|file| ["--config", file]));
            measured.add(self.rows, name, self.run(&args, Some(10_000))?);
        }

        let part = (self.rows / 200).max(1);
        let updated = self
            .change(&format!("job_id::bigint % 200 = {}", 7 + round))
            .await?;
        self.crawl(&mut next, part).await?;
        measured.add(
            self.rows,
            SOME,
            self.run(&["--max-workers", "2"], Some(updated + part))?,
        );

        let wall = floor::compare(self.client).await?;
        measured.add(self.rows, SCAN, Usage::of(wall));
        let (_, usage) = self
            .pipeline
            .run(&self.url, &["--as-of", A_DAY_LATER, "--max-workers", "2"])?;
        measured.add(self.rows, NEXT_DAY, usage);

        floor::execute(self.client, vacuum).await?;
        let every = (self.rows / 2_000).max(1);
        let updated = self
            .change(&format!(
                "job_id::bigint % {every} = {}",
                round as u64 % every
            ))
            .await?;
        self.crawl(&mut next, 10_000).await?;
        let usage = self.run_as_of(
            TWO_DAYS_LATER,
            &["--max-workers", "2"],
            Some(updated + 10_000),
        )?;
        measured.add(self.rows, DAY, usage);
        let undo = format!(
            "DELETE FROM raw_jobs WHERE crawled_at >= to_timestamp({})",
            crate::rows::crawled(self.rows, self.rows)
        );
        floor::execute(self.client, &undo).await?;
        floor::execute(self.client, "VACUUM (ANALYZE) raw_jobs").await
    }

    /// Changes the raw rows for which `condition` is true, and returns their number. The text alternates, because a row keeps
    /// the text of the last round.
    async fn change(&self, condition: &str) -> Result<u64, String> {
        let update = format!(
            "UPDATE raw_jobs SET last_update = CASE last_update WHEN 'một' THEN 'hai' ELSE 'một' END WHERE {condition}"
        );
        self.client
            .execute(&update, &[])
            .await
            .map_err(server::message)
    }

    /// Adds new rows, as a crawl does.
    async fn crawl(&self, next: &mut u64, rows: u64) -> Result<(), String> {
        let range = *next..*next + rows;
        *next = range.end;
        seed::copy(self.client, self.postings, self.rows, range).await?;
        floor::execute(self.client, "CHECKPOINT").await
    }

    fn run(&self, args: &[&str], published: Option<u64>) -> Result<Usage, String> {
        self.run_as_of(AS_OF, args, published)
    }

    /// Runs the pipeline. `published` is the number of rows that the lanes must have processed; another number is an error,
    /// because the measurement would mean nothing.
    fn run_as_of(
        &self,
        as_of: &str,
        args: &[&str],
        published: Option<u64>,
    ) -> Result<Usage, String> {
        let mut all = vec!["--as-of", as_of];
        all.extend(args);
        let (results, usage) = self.pipeline.run(&self.url, &all)?;
        let stats = &results["stats"];
        let written = stats["processed_records"].as_u64().unwrap_or(0);
        if published.is_some_and(|wanted| wanted != written) {
            return Err(format!(
                "{published:?} rows were expected, and {written} were processed: {stats}"
            ));
        }
        Ok(usage)
    }
}

async fn version(client: &Client) -> Result<String, String> {
    let row = client
        .query_one("SELECT split_part(version(), ' on ', 1)", &[])
        .await
        .map_err(server::message)?;
    Ok(row.get(0))
}
