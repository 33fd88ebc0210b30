//! The tables that a run reads and writes, as datasets. Columns and their sources come from the list of columns, and from what the
//! phases declare.

use jobinsight_core::{Batch, Loaded, PhaseSpec, Resource, Result, RoleKind, Settings};
use jobinsight_sql::columns::{COLUMNS, Column, ROW_VERSION, SOURCE_HASH};
use jobinsight_sql::kept;
use serde_json::{Map, Value, json};

use super::facet::{COLUMN_LINEAGE, Facets, SCHEMA};
use crate::report::place::RunPlace;

/// A table, and what is known about it before a run.
#[derive(Debug, Clone)]
pub(super) struct Dataset {
    name: String,
    facets: Facets,
}

impl Dataset {
    /// The dataset as a part of an event. `key` is `inputFacets` or `outputFacets`.
    pub(super) fn to_json(&self, namespace: &str, key: &str, more: &Facets) -> Value {
        json!({
            "namespace": namespace,
            "name": self.name,
            "facets": self.facets,
            key: more,
        })
    }
}

/// The datasets of one phase.
#[derive(Debug, Clone, Default)]
pub(super) struct PhaseDatasets {
    /// The raw table, if the phase reads it.
    pub(super) raw: Option<Dataset>,
    /// The staging table, if the phase reads published rows.
    pub(super) published: Option<Dataset>,
    /// The staging table, if the phase publishes.
    pub(super) staging: Option<Dataset>,
    /// The table in which the phase stores the values that it adds.
    pub(super) stored: Option<Dataset>,
}

/// Creates datasets.
pub(super) struct Datasets<'a> {
    /// The server: `postgres://host:port`.
    pub(super) namespace: String,
    database: &'a str,
    settings: &'a Settings,
}

impl<'a> Datasets<'a> {
    pub(super) fn new(place: &'a RunPlace, settings: &'a Settings) -> Self {
        Self {
            namespace: namespace(&place.server.host, place.server.port),
            database: &place.database,
            settings,
        }
    }

    /// The datasets of a phase. `phases` are all phases of the run.
    ///
    /// # Errors
    /// The settings of the phase cannot be read.
    pub(super) fn of(
        &self,
        spec: &PhaseSpec,
        phases: &[&'static PhaseSpec],
        loaded: &Loaded,
    ) -> Result<PhaseDatasets> {
        let reads_raw = spec.gives.contains(&Resource::Queue) || spec.role != RoleKind::Once;
        let publishes = spec.gives.contains(&Resource::Published);
        let stored = match spec.stores {
            Some(stores) => stores(loaded)?,
            None => None,
        };
        Ok(PhaseDatasets {
            raw: reads_raw.then(|| self.raw()),
            published: spec
                .needs
                .contains(&Resource::Published)
                .then(|| self.staging()),
            staging: publishes.then(|| self.staging()),
            stored: stored.map(|table| self.stored(table, spec, phases)),
        })
    }

    fn raw(&self) -> Dataset {
        let columns = COLUMNS.iter().filter_map(|column| {
            let about = column.raw_about.unwrap_or(column.about);
            Some(field(column.name, type_of(column.raw?), about))
        });
        let fields: Vec<Value> = columns.collect();
        Dataset {
            name: self.raw_name(),
            facets: Facets::default().with(SCHEMA, json!({ "fields": fields })),
        }
    }

    fn staging(&self) -> Dataset {
        let fields: Vec<Value> = COLUMNS
            .iter()
            .map(|column| field(column.name, type_of(column.staging), column.about))
            .collect();
        let lineage = COLUMNS.iter().map(|column| {
            let is_copy = column.sources() == [column.name];
            (column.name, self.sources(&column.sources(), is_copy))
        });
        Dataset {
            name: self.table("staging_jobs"),
            facets: Facets::default()
                .with(SCHEMA, json!({ "fields": fields }))
                .with(COLUMN_LINEAGE, lineage_of(lineage)),
        }
    }

    /// The table has the key, the fingerprint and the columns that the phase adds.
    fn stored(&self, table: &str, spec: &PhaseSpec, phases: &[&'static PhaseSpec]) -> Dataset {
        let added = || spec.gives.iter().filter_map(|resource| resource.column());
        let common = COLUMNS
            .iter()
            .filter(|column| [Batch::KEY, SOURCE_HASH].contains(&column.name));
        let fields: Vec<Value> = common
            .clone()
            .map(|column| field(column.name, type_of(column.staging), column.about))
            .chain(added().map(|name| json!({ "name": name })))
            .collect();
        let needed = sources_of_phase(spec, phases);
        let lineage = common
            .map(|column| {
                let is_copy = column.sources() == [column.name];
                (column.name, self.sources(&column.sources(), is_copy))
            })
            .chain(added().map(|name| (name, self.sources(&needed, false))));
        Dataset {
            name: self.table(table),
            facets: Facets::default()
                .with(SCHEMA, json!({ "fields": fields }))
                .with(COLUMN_LINEAGE, lineage_of(lineage)),
        }
    }

    /// The columns of the raw table that a column comes from.
    fn sources(&self, columns: &[&str], is_copy: bool) -> Value {
        let subtype = if is_copy {
            "IDENTITY"
        } else {
            "TRANSFORMATION"
        };
        let fields = columns.iter().map(|column| {
            json!({
                "namespace": self.namespace,
                "name": self.raw_name(),
                "field": column,
                "transformations": [{ "type": "DIRECT", "subtype": subtype }],
            })
        });
        json!({ "inputFields": fields.collect::<Vec<Value>>() })
    }

    fn raw_name(&self) -> String {
        let raw = &self.settings.raw;
        format!("{}.{}.{}", self.database, raw.schema, raw.table)
    }

    fn table(&self, table: &str) -> String {
        format!("{}.{}.{table}", self.database, self.settings.staging.schema)
    }
}

/// The name of a server: `postgres://host:port`. It has no user and no password. An IPv6 address is in brackets, and the folder of a
/// Unix socket counts as this machine.
fn namespace(host: &str, port: u16) -> String {
    if host.starts_with('/') {
        format!("postgres://localhost:{port}")
    } else if host.contains(':') {
        format!("postgres://[{host}]:{port}")
    } else {
        format!("postgres://{host}:{port}")
    }
}

/// The raw columns that the values of a phase may depend on. A batch column that the phase needs is a raw column, or an earlier phase
/// computed it from raw columns.
fn sources_of_phase(spec: &PhaseSpec, phases: &[&'static PhaseSpec]) -> Vec<&'static str> {
    let technical = [Batch::KEY, ROW_VERSION, SOURCE_HASH];
    let needed = spec.needs.iter().filter_map(|resource| resource.column());
    let mut found: Vec<&'static str> = Vec::new();
    for name in needed.filter(|name| !technical.contains(name)) {
        found.extend(sources_of_batch_column(name, spec, phases));
    }
    let order = |name: &str| COLUMNS.iter().position(|column| column.name == name);
    found.sort_unstable_by_key(|name| order(name));
    found.dedup();
    found
}

fn sources_of_batch_column(
    name: &'static str,
    reader: &PhaseSpec,
    phases: &[&'static PhaseSpec],
) -> Vec<&'static str> {
    let before = phases.iter().take_while(|phase| phase.name != reader.name);
    let gives = |phase: &&&PhaseSpec| {
        let mut given = phase.gives.iter();
        given.any(|resource| resource.column() == Some(name))
    };
    let producer = before.filter(|phase| phase.role == RoleKind::Process);
    let Some(producer) = producer.filter(gives).last() else {
        // Loading copies a raw column.
        let raw = kept::raw_column(name);
        let column = COLUMNS
            .iter()
            .find(|column| column.name == raw && column.raw.is_some());
        return column.map(|column| column.name).into_iter().collect();
    };
    let listed = COLUMNS.iter().find(|column| column.name == name);
    let sources = listed.map(Column::sources).unwrap_or_default();
    if sources.is_empty() {
        sources_of_phase(producer, phases)
    } else {
        sources
    }
}

fn lineage_of<'a>(columns: impl Iterator<Item = (&'a str, Value)>) -> Value {
    // A column without a source, such as a stamp, has no lineage.
    let fields: Map<String, Value> = columns
        .filter(|(_, sources)| sources["inputFields"] != json!([]))
        .map(|(name, sources)| (name.to_owned(), sources))
        .collect();
    json!({ "fields": fields })
}

fn field(name: &str, data_type: &str, about: &str) -> Value {
    json!({ "name": name, "type": data_type, "description": about })
}

/// The type in a definition of a column, without its constraints.
fn type_of(definition: &str) -> &str {
    definition.split(' ').next().unwrap_or(definition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_one_name() {
        assert_eq!(namespace("db.example", 5432), "postgres://db.example:5432");
        assert_eq!(namespace("::1", 6432), "postgres://[::1]:6432");
        assert_eq!(
            namespace("/var/run/postgresql", 5432),
            "postgres://localhost:5432"
        );
    }
}
