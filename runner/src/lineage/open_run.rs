//! One attempt of a run, and the events about it and its phases.

use std::sync::{Arc, Mutex};

use jobinsight_core::{EtlError, Loaded, PhaseSpec, Settings};
use serde_json::{Value, json};
use uuid::Uuid;

use super::datasets::{Datasets, PhaseDatasets};
use super::description::{facets_of_job, facets_of_run, is_stop, job, message};
use super::event::{EventType, RunOfJob, id_of_attempt, id_of_phase};
use super::facet::{self, Facets};
use super::parent::{Parent, fields_without_scheduler};
use super::quality;
use super::sender::EventSender;
use crate::report::results::{PhaseResult, RunResults};

/// One attempt of a run, and the events about it.
pub(super) struct OpenRun {
    sender: Arc<EventSender>,
    scheduler: Option<Parent>,
    settings: Settings,
    /// The server: `postgres://host:port`.
    server: String,
    /// The name of the job.
    job: String,
    /// The run of OpenLineage.
    id: Uuid,
    /// The facets of every event of the run and of its phases.
    facets: Facets,
    phases: Vec<(&'static PhaseSpec, PhaseDatasets)>,
    state: Mutex<AttemptState>,
}

#[derive(Default)]
struct AttemptState {
    /// The phases that have started and not ended.
    running: Vec<&'static PhaseSpec>,
    /// The rows that earlier attempts published.
    written_before: u64,
}

impl OpenRun {
    pub(super) fn new(
        sender: Arc<EventSender>,
        loaded: &Loaded,
        results: &RunResults,
        run: Uuid,
        phases: &[&'static PhaseSpec],
    ) -> Self {
        let (settings, place) = (&loaded.settings, &results.place);
        let datasets = Datasets::new(place, settings);
        let of_phase = |spec: &&'static PhaseSpec| {
            let datasets = datasets.of(spec, phases, loaded);
            (*spec, datasets.unwrap_or_default())
        };
        let tables: Vec<_> = phases.iter().map(of_phase).collect();
        Self {
            sender,
            scheduler: Parent::read(|name| std::env::var(name).ok()),
            server: datasets.namespace.clone(),
            job: job(place, results.fills.as_deref()),
            id: id_of_attempt(run, results.attempt),
            facets: facets_of_run(settings, results),
            phases: tables,
            settings: settings.clone(),
            state: Mutex::default(),
        }
    }

    pub(super) fn leave_out(&self, written: u64) {
        if let Ok(mut state) = self.state.lock() {
            state.written_before = written;
        }
    }

    pub(super) fn start(&self) {
        let (inputs, outputs) = self.tables(None, 0);
        let event = self.run(None).event(EventType::Start, &inputs, &outputs);
        self.sender.send(event);
    }

    pub(super) fn start_phase(&self, spec: &'static PhaseSpec) {
        if let Ok(mut state) = self.state.lock() {
            state.running.push(spec);
        }
        let (inputs, outputs) = self.tables_of_phase(spec, None, 0);
        let event = self.phase(spec, None);
        self.sender
            .send(event.event(EventType::Start, &inputs, &outputs));
    }

    pub(super) fn end_phase(
        &self,
        spec: &'static PhaseSpec,
        end: EventType,
        result: Option<&PhaseResult>,
        written: u64,
        error: Option<&EtlError>,
    ) {
        let mut written_before = 0;
        if let Ok(mut state) = self.state.lock() {
            state.running.retain(|running| running.name != spec.name);
            written_before = state.written_before;
        }
        let written = written.saturating_sub(written_before);
        let (inputs, outputs) = self.tables_of_phase(spec, result, written);
        self.sender
            .send(self.phase(spec, error).event(end, &inputs, &outputs));
    }

    pub(super) fn end(&self, results: &RunResults, error: Option<&EtlError>) {
        let is_stopped = error.is_some_and(|error| is_stop(error.kind()));
        let end = match error {
            None => EventType::Complete,
            Some(_) if is_stopped => EventType::Abort,
            Some(_) => EventType::Fail,
        };
        let written = results.stats.new + results.stats.updated;
        let (running, written_before) = match self.state.lock() {
            Ok(state) => (state.running.clone(), state.written_before),
            Err(_) => (Vec::new(), 0),
        };
        for spec in running {
            let result = results.phases.iter().find(|phase| phase.name == spec.name);
            let its_error = error.filter(|error| error.phase() == Some(spec.name));
            let end = match its_error {
                Some(_) if !is_stopped => EventType::Fail,
                _ => EventType::Abort,
            };
            self.end_phase(spec, end, result, written, its_error);
        }
        let (inputs, outputs) = self.tables(Some(results), written.saturating_sub(written_before));
        self.sender
            .send(self.run(error).event(end, &inputs, &outputs));
    }

    /// The run as a job.
    fn run(&self, error: Option<&EtlError>) -> RunOfJob<'_> {
        let names: Vec<&str> = self.phases.iter().map(|(spec, _)| spec.name).collect();
        let about = format!(
            "Carries raw job postings through the phases {}",
            names.join(", ")
        );
        let parent = self.scheduler.as_ref().map(Parent::fields);
        RunOfJob {
            run: self.id,
            run_facets: self
                .facets
                .clone()
                .with_some(facet::PARENT, parent)
                .with_some(facet::ERROR_MESSAGE, error.map(message)),
            namespace: self.namespace(),
            job: self.job.clone(),
            job_facets: facets_of_job("PIPELINE", &about),
        }
    }

    /// A phase as a job.
    fn phase(&self, spec: &PhaseSpec, error: Option<&EtlError>) -> RunOfJob<'_> {
        let parent = match &self.scheduler {
            Some(scheduler) => scheduler.fields_of_child(self.namespace(), &self.job, self.id),
            None => fields_without_scheduler(self.namespace(), &self.job, self.id),
        };
        RunOfJob {
            run: id_of_phase(self.id, spec.name),
            run_facets: self
                .facets
                .clone()
                .with(facet::PARENT, parent)
                .with_some(facet::ERROR_MESSAGE, error.map(message)),
            namespace: self.namespace(),
            job: format!("{}.{}", self.job, spec.name),
            job_facets: facets_of_job("PHASE", spec.about),
        }
    }

    fn namespace(&self) -> &str {
        &self.settings.openlineage.namespace
    }

    /// The tables that the phases of the run read and write, each once.
    fn tables(&self, results: Option<&RunResults>, written: u64) -> (Vec<Value>, Vec<Value>) {
        let read = results.map_or_else(Facets::default, |results| {
            let rows = json!({ "rowCount": results.stats.total_records });
            let mut metrics = rows.clone();
            metrics["columnMetrics"] = json!({});
            Facets::default()
                .with(facet::INPUT_STATISTICS, rows)
                .with(facet::DATA_QUALITY_METRICS, metrics)
                .with(
                    facet::DATA_QUALITY_ASSERTIONS,
                    quality::assertions(&self.settings, results),
                )
        });
        let all = || self.phases.iter().map(|(_, tables)| tables);
        let raw = all().find_map(|tables| tables.raw.as_ref());
        let inputs = raw.map(|raw| raw.to_json(&self.server, "inputFacets", &read));
        let staging = all().find_map(|tables| tables.staging.as_ref());
        let written = results.map(|_| written);
        let staging =
            staging.map(|table| table.to_json(&self.server, "outputFacets", &statistics(written)));
        let stored = self.phases.iter().filter_map(|(spec, tables)| {
            let result = results.and_then(|results| {
                let mut phases = results.phases.iter();
                phases.find(|phase| phase.name == spec.name)
            });
            let rows = result.map(|phase| phase.rows_out);
            let table = tables.stored.as_ref()?;
            Some(table.to_json(&self.server, "outputFacets", &statistics(rows)))
        });
        (
            inputs.into_iter().collect(),
            staging.into_iter().chain(stored).collect(),
        )
    }

    fn tables_of_phase(
        &self,
        spec: &PhaseSpec,
        result: Option<&PhaseResult>,
        written: u64,
    ) -> (Vec<Value>, Vec<Value>) {
        let found = self
            .phases
            .iter()
            .find(|(phase, _)| phase.name == spec.name);
        let Some((_, tables)) = found else {
            return (Vec::new(), Vec::new());
        };
        let read = Facets::default().with_some(
            facet::INPUT_STATISTICS,
            result.map(|phase| json!({ "rowCount": phase.rows_in })),
        );
        let inputs = [&tables.raw, &tables.published].into_iter().flatten();
        let inputs = inputs.map(|table| table.to_json(&self.server, "inputFacets", &read));
        let counts = [
            (&tables.staging, result.map(|_| written)),
            (&tables.stored, result.map(|phase| phase.rows_out)),
        ];
        let outputs = counts.into_iter().filter_map(|(table, rows)| {
            let table = table.as_ref()?;
            Some(table.to_json(&self.server, "outputFacets", &statistics(rows)))
        });
        (inputs.collect(), outputs.collect())
    }
}

fn statistics(rows: Option<u64>) -> Facets {
    let fields = rows.map(|rows| json!({ "rowCount": rows }));
    Facets::default().with_some(facet::OUTPUT_STATISTICS, fields)
}
