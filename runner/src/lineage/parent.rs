//! The run of a scheduler that started this one, from the environment.

use serde_json::{Value, json};
use uuid::Uuid;

/// A JSON object with the parent, as OpenLineage defines it for all integrations.
const CONTEXT: &str = "OPENLINEAGE_CONTEXT";
/// `NAMESPACE/JOB/RUN` of the task, as the macro `lineage_parent_id` of Airflow renders it.
const PARENT: &str = "OPENLINEAGE_PARENT_ID";
/// `NAMESPACE/JOB/RUN` of the run that started everything, such as a DAG run.
const ROOT: &str = "OPENLINEAGE_ROOT_PARENT_ID";

/// A run of another program.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OtherRun {
    namespace: String,
    job: String,
    run: Uuid,
}

/// The run that started this one, and the run that started everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parent {
    parent: OtherRun,
    root: OtherRun,
}

impl Parent {
    /// Reads the parent. A value that cannot be read is a warning, because lineage never fails a run.
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        if let Some(text) = variable(CONTEXT) {
            let parent = of_context(&text);
            if parent.is_none() {
                tracing::warn!("{CONTEXT} has no parent run, and is ignored");
            }
            return parent;
        }
        let run = |name| {
            let text = variable(name)?;
            let run = OtherRun::of_id(&text);
            if run.is_none() {
                tracing::warn!("{name} is not NAMESPACE/JOB/RUN with a UUID, and is ignored");
            }
            run
        };
        let parent = run(PARENT)?;
        let root = run(ROOT).unwrap_or_else(|| parent.clone());
        Some(Self { parent, root })
    }

    /// The run and the job, without the facet's own fields.
    pub(super) fn fields(&self) -> Value {
        fields_of(&self.parent, &self.root)
    }

    /// As [`Parent::fields`], for a run that this program started: its parent is `run`.
    pub(super) fn fields_of_child(&self, namespace: &str, job: &str, run: Uuid) -> Value {
        fields_of(&OtherRun::new(namespace, job, run), &self.root)
    }
}

/// As [`Parent::fields`], without a scheduler.
pub(super) fn fields_without_scheduler(namespace: &str, job: &str, run: Uuid) -> Value {
    let parent = OtherRun::new(namespace, job, run);
    fields_of(&parent, &parent)
}

fn fields_of(parent: &OtherRun, root: &OtherRun) -> Value {
    let mut fields = parent.to_json();
    fields["root"] = root.to_json();
    fields
}

impl OtherRun {
    fn new(namespace: &str, job: &str, run: Uuid) -> Self {
        Self {
            namespace: namespace.to_owned(),
            job: job.to_owned(),
            run,
        }
    }

    /// A namespace may contain a slash. The name of a job of Airflow does not.
    fn of_id(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(3, '/');
        let (run, job, namespace) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self::new(namespace, job, run.parse().ok()?))
    }

    fn of_json(value: &Value) -> Option<Self> {
        let job = &value["job"];
        let run = value["run"]["runId"].as_str()?.parse().ok()?;
        Some(Self::new(
            job["namespace"].as_str()?,
            job["name"].as_str()?,
            run,
        ))
    }

    fn to_json(&self) -> Value {
        json!({
            "run": { "runId": self.run },
            "job": { "namespace": self.namespace, "name": self.job },
        })
    }
}

fn of_context(text: &str) -> Option<Parent> {
    let context: Value = serde_json::from_str(text).ok()?;
    let parent = OtherRun::of_json(&context["parent"])?;
    let root = OtherRun::of_json(&context["parent"]["root"]).unwrap_or_else(|| parent.clone());
    Some(Parent { parent, root })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "f99310b4-3c3c-1a1a-2b2b-c1b95c24ff11";
    const DAG: &str = "0190b3c4-0000-7000-8000-000000000001";

    fn read(variables: &[(&str, &str)]) -> Option<Value> {
        let find = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Parent::read(find).map(|parent| parent.fields())
    }

    fn parent(root: &Value) -> Value {
        json!({
            "run": { "runId": TASK },
            "job": { "namespace": "airflow/prod", "name": "nightly.etl" },
            "root": root,
        })
    }

    #[test]
    fn the_parent_comes_from_the_variables_of_openlineage() {
        let task = format!("airflow/prod/nightly.etl/{TASK}");
        let dag = format!("airflow/prod/nightly/{DAG}");
        let root = json!({ "run": { "runId": DAG }, "job": { "namespace": "airflow/prod", "name": "nightly" } });
        let itself = json!({ "run": { "runId": TASK }, "job": { "namespace": "airflow/prod", "name": "nightly.etl" } });
        let context = json!({ "parent": {
            "run": { "runId": TASK }, "job": { "namespace": "airflow/prod", "name": "nightly.etl" }, "root": root,
        } })
        .to_string();
        let (both, alone) = ([(PARENT, &*task), (ROOT, &*dag)], [(PARENT, &*task)]);
        assert_eq!(read(&both), Some(parent(&root)));
        assert_eq!(read(&alone), Some(parent(&itself)));
        assert_eq!(
            read(&[(CONTEXT, &context), (PARENT, "a/b/c")]),
            Some(parent(&root))
        );
        for wrong in [
            &[][..],
            &[(PARENT, "")],
            &[(PARENT, "a/b/c")],
            &[(PARENT, TASK)],
            &[(CONTEXT, "{"), (PARENT, &*task)],
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
