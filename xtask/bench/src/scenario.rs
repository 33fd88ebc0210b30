//! What is measured, in turn: a floor, then the pipeline, on the same server and the same rows.

use std::path::{Path, PathBuf};

use tokio_postgres::Client;

use crate::postings::{self, Posting};
use crate::process::{Pipeline, Took};
use crate::server::{self, Bench};
use crate::{floor, kernels, seed, startup};

/// The run's clock: behind the last made-up crawl, and the same for all, so that runs can be compared.
const AS_OF: &str = "2025-12-01T00:00:00+07:00";
const A_DAY_LATER: &str = "2025-12-02T00:00:00+07:00";

/// Sizes above this are measured once.
const ONCE_FROM: u64 = 1_000_000;

/// What is to be measured.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) rows: Vec<u64>,
    pub(crate) rounds: usize,
    pub(crate) from: Option<PathBuf>,
    pub(crate) keep: bool,
}

/// One thing that was measured, each round.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) rows: u64,
    pub(crate) name: &'static str,
    pub(crate) took: Vec<Took>,
}

/// All that was measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    pub(crate) shapes: usize,
    pub(crate) server: String,
    pub(crate) measured: Vec<Measured>,
    pub(crate) kernels: kernels::Kernels,
}

pub(crate) const FLOOR: &str =
    "floor A: INSERT … SELECT, 16 columns, key and 4 indexes, nothing transformed";
pub(crate) const SCAN: &str = "floor B: two narrow columns of raw and staging compared";
pub(crate) const COLD: &str = "first load, two lanes";
pub(crate) const COLD_ONE: &str = "first load, one lane";
pub(crate) const NOTHING: &str = "nothing new";
pub(crate) const SOME: &str = "1 % new or changed";
pub(crate) const TEN: &str = "10,000 new rows";
pub(crate) const WINDOW: &str = "10,000 new rows, window of 10 days";
/// Of it six days lie before the run's clock and behind the last crawl: the window holds what four days and the new rows bring.
const WINDOW_DAYS: &str = "10";
pub(crate) const NEXT_DAY: &str = "a day later, nothing new: time_remaining is refreshed";
pub(crate) const HELP: &str = "--help";
pub(crate) const FIRST_QUERY: &str = "start to first query";

impl Report {
    fn add(&mut self, rows: u64, name: &'static str, took: Took) {
        match self
            .measured
            .iter_mut()
            .find(|one| one.rows == rows && one.name == name)
        {
            Some(one) => one.took.push(took),
            None => self.measured.push(Measured {
                rows,
                name,
                took: vec![took],
            }),
        }
        eprintln!(
            "{rows:>9} rows  {:>8.3} s  cpu {:>7.3} s  peak {:>5.0} MB  {name}",
            took.wall, took.cpu, took.peak_mb
        );
    }
}

impl Wanted {
    fn file(&self, root: &Path) -> PathBuf {
        let named = self.from.clone();
        named.unwrap_or_else(|| postings::default_file(root))
    }
}

/// Measures the kernels alone.
pub(crate) fn measure_kernels(root: &Path, wanted: &Wanted) -> Result<Report, String> {
    let file = wanted.file(root);
    let all = postings::all(&file)?;
    Ok(Report {
        kernels: kernels::measure(root, &file, &all, wanted.rounds)?,
        ..Report::default()
    })
}

/// Measures everything.
pub(crate) async fn measure(root: &Path, wanted: &Wanted) -> Result<Report, String> {
    let postings = postings::read(&wanted.file(root))?;
    let bench = Bench::start(root, wanted.keep).await?;
    let pipeline = Pipeline::new(root, bench.state());
    let mut report = Report {
        shapes: postings.len(),
        ..measure_kernels(root, wanted)?
    };
    for _ in 0..5 {
        report.add(0, HELP, pipeline.help()?);
    }
    for &rows in &wanted.rows {
        let name = format!("rows_{rows}");
        let (client, stood) = bench.database(&name).await?;
        if report.server.is_empty() {
            report.server = version(&client).await?;
        }
        if !stood {
            eprintln!("{rows:>9} rows  are made");
            server::create_raw(&client).await?;
            seed::copy(&client, &postings, rows, 0..rows).await?;
        }
        let size = Size {
            bench: &bench,
            client: &client,
            pipeline: &pipeline,
            postings: &postings,
            url: bench.url(&name)?,
            rows,
        };
        // What is larger takes minutes a round, and says how costs grow: once is enough.
        let rounds = if rows > ONCE_FROM { 1 } else { wanted.rounds };
        for round in 0..rounds {
            size.first_loads(&mut report).await?;
            if report.measured.iter().all(|one| one.name != FIRST_QUERY) {
                for _ in 0..5 {
                    let wall = startup::first_query(&pipeline, &size.url, &["--as-of", AS_OF])?;
                    report.add(
                        0,
                        FIRST_QUERY,
                        Took {
                            wall,
                            ..Took::default()
                        },
                    );
                }
            }
            size.later_runs(&mut report, round).await?;
        }
        // The next round or bench begins with the same rows.
        floor::clear(&client).await?;
    }
    Ok(report)
}

/// A raw table of one size.
struct Size<'a> {
    bench: &'a Bench,
    client: &'a Client,
    pipeline: &'a Pipeline,
    postings: &'a [Posting],
    url: String,
    rows: u64,
}

impl Size<'_> {
    async fn first_loads(&self, report: &mut Report) -> Result<(), String> {
        let wall = floor::insert_select(self.client).await?;
        report.add(
            self.rows,
            FLOOR,
            Took {
                wall,
                ..Took::default()
            },
        );
        floor::clear(self.client).await?;
        for (name, lanes) in [(COLD_ONE, "1"), (COLD, "2")] {
            floor::clear_staging(self.client).await?;
            let took = self.run(&["--max-workers", lanes], Some(self.rows))?;
            report.add(self.rows, name, took);
        }
        Ok(())
    }

    /// What comes after a first load; the raw table is then as it was.
    async fn later_runs(&self, report: &mut Report, round: usize) -> Result<(), String> {
        let vacuum = "VACUUM (ANALYZE) raw_jobs, jobinsight_staging.staging_jobs";
        // By the next night the server has done this by itself.
        floor::execute(self.client, vacuum).await?;
        floor::execute(self.client, "CHECKPOINT").await?;
        report.add(
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
            report.add(self.rows, name, self.run(&args, Some(10_000))?);
        }

        let part = (self.rows / 200).max(1);
        // In turn between two texts, for the row keeps what the last round wrote.
        let changed = format!(
            "UPDATE raw_jobs SET last_update = CASE last_update WHEN 'một' THEN 'hai' ELSE 'một' END WHERE job_id::bigint % 200 = {}",
            7 + round
        );
        let updated = self
            .client
            .execute(&changed, &[])
            .await
            .map_err(server::said)?;
        self.crawl(&mut next, part).await?;
        report.add(
            self.rows,
            SOME,
            self.run(&["--max-workers", "2"], Some(updated + part))?,
        );

        let wall = floor::compare(self.client).await?;
        report.add(
            self.rows,
            SCAN,
            Took {
                wall,
                ..Took::default()
            },
        );
        let (_, took) = self
            .pipeline
            .run(&self.url, &["--as-of", A_DAY_LATER, "--max-workers", "2"])?;
        report.add(self.rows, NEXT_DAY, took);
        let undo = format!(
            "DELETE FROM raw_jobs WHERE crawled_at >= to_timestamp({})",
            crate::rows::crawled(self.rows, self.rows)
        );
        floor::execute(self.client, &undo).await?;
        floor::execute(self.client, "VACUUM (ANALYZE) raw_jobs").await
    }

    /// The crawler brings new rows.
    async fn crawl(&self, next: &mut u64, rows: u64) -> Result<(), String> {
        let range = *next..*next + rows;
        *next = range.end;
        seed::copy(self.client, self.postings, self.rows, range).await?;
        floor::execute(self.client, "CHECKPOINT").await
    }

    /// Runs the pipeline; `published`: how many rows must have gone through the lanes, or the measurement means nothing.
    fn run(&self, args: &[&str], published: Option<u64>) -> Result<Took, String> {
        let mut all = vec!["--as-of", AS_OF];
        all.extend(args);
        let (results, took) = self.pipeline.run(&self.url, &all)?;
        let stats = &results["stats"];
        let written = stats["processed_records"].as_u64().unwrap_or(0);
        if published.is_some_and(|wanted| wanted != written) {
            return Err(format!(
                "{published:?} rows were to be done, and {written} were: {stats}"
            ));
        }
        Ok(took)
    }
}

async fn version(client: &Client) -> Result<String, String> {
    let row = client
        .query_one("SELECT split_part(version(), ' on ', 1)", &[])
        .await
        .map_err(server::said)?;
    Ok(row.get(0))
}
