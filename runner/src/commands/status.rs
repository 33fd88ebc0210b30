//! `jobinsight status`: the active run, the last run, the queue, staging.

use std::fmt::Write;

use jobinsight_core::database::{self, Connection};
use jobinsight_core::plural::counted;
use jobinsight_core::state::RunState;
use jobinsight_core::{Result, Settings, advice};
use jobinsight_sql::indexes::{self, Missing};
use jobinsight_sql::schema;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::runs::last;
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::ledger::{Crawl, ForeignSince, Ledger, Queue, RunEntry};
use crate::report::metrics::StagingCounts;
use crate::report::results::ForeignRows;
use crate::report::text;
use crate::session::run_lock::{self, LockHolder};

/// The output of `status` after at least one run, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct StatusOutput {
    /// The active run, in words; null if there is none.
    running: Option<String>,
    /// Rows in staging.
    staging_rows: i64,
    /// Rejected rows.
    rejected_rows: i64,
    /// Rejected rows that stay in staging, because a foreign key or a trigger does not let them go.
    kept_in_staging: u64,
    /// Rows in staging that the warehouse has not loaded.
    not_taken_by_warehouse: i64,
    #[serde(flatten)]
    crawl: CrawlOutput,
    /// Rows that another program inserted or changed.
    other_programs: OtherProgramsOutput,
    /// The batches of the last run that was not refused.
    batches: Queue,
    /// The version of the staging schema.
    schema: SchemaOutput,
    /// Always true, because every row in staging is whole at any time.
    safe_to_read: bool,
    /// The last five runs, the last one first.
    runs: Vec<RunEntry>,
    /// The indexes that staging lacks.
    missing_indexes: Vec<String>,
}

/// The output of `status` before the first run, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct StatusBeforeRuns {
    /// Whether a run is active that is not in the ledger yet.
    running: bool,
    /// The refused runs are not listed, so the list is empty.
    runs: Vec<RunEntry>,
    #[serde(flatten)]
    crawl: CrawlOutput,
}

/// The newest crawl, as JSON.
#[derive(Serialize, JsonSchema)]
struct CrawlOutput {
    /// The time of the newest crawl, in RFC 3339; null if no raw row has a crawl time.
    #[schemars(extend("format" = "date-time"))]
    newest_crawl: Option<String>,
    /// The age of the newest crawl in seconds; null if no raw row has a crawl time.
    crawl_age_s: Option<u64>,
}

/// Rows that another program inserted or changed, as JSON.
#[derive(Serialize, JsonSchema)]
struct OtherProgramsOutput {
    /// The rows that the last run found.
    last_run: ForeignRows,
    /// Rows that were inserted since then.
    inserted_since: i64,
    /// Rows that were changed since then.
    changed_since: i64,
}

/// The versions of the staging schema, as JSON.
#[derive(Serialize, JsonSchema)]
struct SchemaOutput {
    /// The version in the database; 0 without a schema.
    version: i32,
    /// The version that this program creates and needs.
    known_version: i32,
}

impl From<Option<&Crawl>> for CrawlOutput {
    fn from(crawl: Option<&Crawl>) -> Self {
        Self {
            newest_crawl: crawl.map(|crawl| crawl.newest.clone()),
            crawl_age_s: crawl.map(|crawl| crawl.age.as_secs()),
        }
    }
}

pub(crate) async fn status(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let client =
        database::connect_for(&io::target(global, &loaded)?, "status", &loaded.settings).await?;
    let runs = last(&client, &loaded, "", 5).await?;
    let holder = run_lock::holder(&client, settings).await?;
    let Some(run) = runs.iter().find(|run| run.state != RunState::Refused) else {
        // The raw table may not exist yet.
        let crawl = Crawl::read(&client, settings, None).await.ok().flatten();
        match global.format {
            OutputFormat::Json => {
                io::print_json(&StatusBeforeRuns {
                    running: holder.is_some(),
                    runs: Vec::new(),
                    crawl: crawl.as_ref().into(),
                });
            }
            OutputFormat::Text => io::print_text(&format!(
                "There was no run yet: {}\nCrawl     {}\n",
                advice::command("run"),
                crawl_line(crawl.as_ref())
            )),
        }
        return Ok(0);
    };
    let status = Status::read(&client, settings, run, holder.as_ref()).await?;
    match global.format {
        OutputFormat::Json => io::print_json(&status.output(&runs)),
        OutputFormat::Text => io::print_text(&status.text()),
    }
    Ok(0)
}

fn crawl_line(crawl: Option<&Crawl>) -> String {
    match crawl {
        Some(crawl) => format!(
            "newest posting {}, {} ago",
            crawl.newest,
            crawl.age_in_words()
        ),
        None => "no posting has a crawl time".to_owned(),
    }
}

/// The state of the pipeline after at least one run.
struct Status<'a> {
    /// The last run that was not refused.
    run: &'a RunEntry,
    holder: Option<&'a LockHolder>,
    queue: Queue,
    staging: StagingCounts,
    /// The newest crawl in the raw table.
    crawl: Option<Crawl>,
    /// Rows that another program wrote since the last run.
    foreign: ForeignSince,
    /// Rejected rows that stay in staging.
    kept: u64,
    missing: Vec<Missing>,
    /// The version of the staging schema.
    schema: i32,
}

impl<'a> Status<'a> {
    async fn read(
        client: &Connection,
        settings: &Settings,
        run: &'a RunEntry,
        holder: Option<&'a LockHolder>,
    ) -> Result<Self> {
        let ledger = Ledger::new(settings, run.run_id, 1, Uuid::nil());
        Ok(Self {
            run,
            holder,
            queue: ledger.queue(client).await?,
            staging: StagingCounts::read(client, settings).await?,
            crawl: Crawl::read(client, settings, None).await?,
            foreign: ForeignSince::read(client, settings).await?,
            kept: ledger.kept_in_staging(client).await?,
            missing: indexes::missing(client, settings).await?,
            schema: schema::version(&**client, settings).await?,
        })
    }

    fn output(&self, runs: &[RunEntry]) -> StatusOutput {
        StatusOutput {
            running: self.holder.map(LockHolder::describe),
            staging_rows: self.staging.rows,
            rejected_rows: self.staging.rejected,
            kept_in_staging: self.kept,
            not_taken_by_warehouse: self.staging.untaken,
            crawl: self.crawl.as_ref().into(),
            other_programs: OtherProgramsOutput {
                last_run: self.queue.other_programs,
                inserted_since: self.foreign.inserted,
                changed_since: self.foreign.changed,
            },
            batches: self.queue.clone(),
            schema: SchemaOutput {
                version: self.schema,
                known_version: schema::VERSION,
            },
            safe_to_read: true,
            runs: runs.to_vec(),
            missing_indexes: self
                .missing
                .iter()
                .map(|index| index.name.clone())
                .collect(),
        }
    }

    fn text(&self) -> String {
        let run = self.run;
        let running = self.holder.map(LockHolder::describe);
        let running = running.as_deref().unwrap_or("no");
        let ended = run.finished_at.as_ref().unwrap_or(&run.started_at);
        let mut text = format!(
            "Running   {running}\nLast run  {}{} {} at {ended}\n",
            run.run_id,
            run.fills
                .as_ref()
                .map(|phase| format!(" (fill of {phase})"))
                .unwrap_or_default(),
            run.state
        );
        if let Some(message) = &run.message {
            let _ = writeln!(text, "          {message}");
        }
        let _ = writeln!(
            text,
            "Queue     {} {}, {} left",
            counted(self.queue.done, "batch"),
            run.batch_verb(),
            self.queue.owed()
        );
        let _ = writeln!(
            text,
            "Staging   {}, {} not taken by the warehouse yet; every row is whole, at any time",
            counted(self.staging.rows, "row"),
            self.staging.untaken
        );
        let _ = writeln!(text, "Rejects   {}", counted(self.staging.rejected, "row"));
        let _ = writeln!(text, "Crawl     {}", crawl_line(self.crawl.as_ref()));
        text.push_str(&text::kept_in_staging(self.kept));
        self.write_other_programs(&mut text);
        if let Some(difference) = text::schema_difference(self.schema) {
            let _ = writeln!(text, "Schema    {difference}");
        }
        if !self.missing.is_empty() {
            let names = text::index_names(&self.missing);
            let creator = match self.holder {
                Some(_) => "the active run creates them after its last row".to_owned(),
                None => format!(
                    "`{}` or `{}` creates them",
                    advice::command("run"),
                    advice::command("retry")
                ),
            };
            let _ = writeln!(text, "Indexes   staging is without {names}: {creator}");
        }
        // A run may fail before it has a queue.
        let is_unfinished = self.queue.owed() > 0 || run.state != RunState::Done;
        if is_unfinished && self.holder.is_none() {
            let _ = writeln!(
                text,
                "\nThe last run did not finish: {}",
                advice::command("retry")
            );
        }
        text
    }

    /// Writes what another program did to staging before and since the last run.
    fn write_other_programs(&self, text: &mut String) {
        let _ = write!(text, "{}", text::other_programs(&self.queue.other_programs));
        if let Some(words) = self.foreign.in_words() {
            let _ = writeln!(
                text,
                "Since then, {words}: `{}` processes them",
                advice::command("run")
            );
        }
    }
}
