//! Everything that `jobinsight explain-row` says about a posting. The names of the fields are keys of its JSON.

use jobinsight_core::Loaded;
use jobinsight_core::explain::Story;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::earlier::StoredRow;
use crate::pipeline;

/// The explanation of a posting.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Told {
    /// The key; null if the texts were given.
    pub(super) job_id: Option<String>,
    /// The name of the rule set and the fingerprint of custom rules.
    pub(super) rules: String,
    /// The phases of the pipeline, in order.
    pub(super) phases: Vec<Phase>,
    /// The row in staging; null if there is none.
    pub(super) staging: Option<Stands>,
    /// The rejected row; null if there is none.
    pub(super) reject: Option<Reject>,
}

/// A phase and its explanation.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PhaseStory")]
pub(super) struct Phase {
    /// The name of the phase.
    pub(super) phase: &'static str,
    /// The explanation; null if the phase cannot explain a single row.
    pub(super) story: Option<Story>,
}

/// The row in staging, compared with what the phases produce now.
#[derive(Serialize, JsonSchema)]
pub(super) struct Stands {
    /// The rules that produced the row.
    #[schemars(with = "Option<String>")]
    pub(super) rule_set: Value,
    /// The run that published the row.
    #[schemars(with = "Option<String>")]
    pub(super) run_id: Value,
    /// The clock of that run, in RFC 3339.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub(super) processed_at: Value,
    /// Whether the raw row is unchanged since.
    pub(super) current: bool,
    /// The change of the row by another program since the last run; null if there is none.
    pub(super) other_program: Option<OtherProgram>,
    /// Whether the phases produce the same values now.
    pub(super) same: bool,
    /// The columns whose values differ.
    pub(super) differs: Vec<Differs>,
}

/// A change of a row of staging by another program, such as the Python pipeline or a person.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum OtherProgram {
    /// Another program inserted the row.
    Inserted,
    /// A run published the row, and another program changed it.
    Changed,
}

impl OtherProgram {
    /// Reads the mark of the row: such a row has no rule set (`sql/schema/mark_changed_rows.sql`).
    fn of(columns: &Value) -> Option<Self> {
        match (&columns["rule_set"], &columns["run_id"]) {
            (Value::Null, Value::Null) => Some(Self::Inserted),
            (Value::Null, _) => Some(Self::Changed),
            _ => None,
        }
    }
}

/// A column whose value in staging differs from the value that the phases produce now.
#[derive(Serialize, JsonSchema)]
pub(super) struct Differs {
    /// The column.
    pub(super) column: String,
    /// The value in staging.
    pub(super) stands: Value,
    /// The value that the phases produce now.
    pub(super) made: Value,
}

/// The rejected row.
#[derive(Serialize, JsonSchema)]
pub(super) struct Reject {
    /// The column with the value that was refused.
    #[schemars(with = "Option<String>")]
    pub(super) field: Value,
    /// The reason, as one word.
    #[schemars(with = "Option<String>")]
    pub(super) reason: Value,
    /// The beginning of the value that was refused.
    #[schemars(with = "Option<String>")]
    pub(super) value: Value,
    /// The phase that rejected the row.
    #[schemars(with = "Option<String>")]
    pub(super) phase: Value,
    /// The rules that rejected the row.
    #[schemars(with = "Option<String>")]
    pub(super) rule_set: Value,
    /// The run that rejected the row.
    #[schemars(with = "Option<String>")]
    pub(super) run_id: Value,
    /// When the row was rejected, in RFC 3339.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub(super) rejected_at: Value,
    /// When a run deleted a row of another program from staging because the posting is rejected, in RFC 3339; null if there
    /// was no such row.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub(super) removed_at: Value,
    /// Whether the raw row is unchanged since.
    pub(super) current: bool,
}

impl Told {
    pub(super) fn new(job_id: Option<String>, loaded: &Loaded, phases: Vec<Phase>) -> Self {
        Self {
            job_id,
            rules: pipeline::rules(&loaded.settings, &[]),
            phases,
            staging: None,
            reject: None,
        }
    }

    /// Whether the posting is in staging and rejected, although neither a foreign key nor a trigger keeps it in staging.
    pub(super) fn is_in_both(&self) -> bool {
        let reject = self.reject.as_ref();
        self.staging.is_some() && reject.is_some_and(|row| row.rule_set != "kept_in_staging")
    }

    /// Whether a phase rejects the posting now.
    pub(super) fn is_rejected(&self) -> bool {
        self.phases.iter().any(Phase::is_rejected)
    }
}

impl Phase {
    pub(super) fn is_rejected(&self) -> bool {
        let story = self.story.as_ref();
        story.is_some_and(|story| story.rejected.is_some())
    }
}

impl Stands {
    /// Compares a row of staging with the columns that the phases produce now, or with their rejection of the posting.
    pub(super) fn compared(row: &StoredRow, made: Map<String, Value>, is_rejected: bool) -> Self {
        let columns = &row.columns;
        let differs: Vec<Differs> = made
            .into_iter()
            .filter_map(|(column, made)| {
                let stands = columns.get(&column)?.clone();
                (stands != made).then_some(Differs {
                    column,
                    stands,
                    made,
                })
            })
            .collect();
        Self {
            rule_set: columns["rule_set"].clone(),
            run_id: columns["run_id"].clone(),
            processed_at: columns["processed_at"].clone(),
            current: row.is_current,
            other_program: OtherProgram::of(columns),
            same: differs.is_empty() && !is_rejected,
            differs,
        }
    }
}

impl Reject {
    pub(super) fn of(row: &StoredRow) -> Self {
        let column = |name: &str| row.columns[name].clone();
        Self {
            field: column("field"),
            reason: column("reason"),
            value: column("value"),
            phase: column("phase"),
            rule_set: column("rule_set"),
            run_id: column("run_id"),
            rejected_at: column("rejected_at"),
            removed_at: column("removed_at"),
            current: row.is_current,
        }
    }
}
