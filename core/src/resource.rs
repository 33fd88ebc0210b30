//! The resources that phases need, produce and drop: the words of `NEEDS`, `GIVES` and `DROPS`.

use std::fmt;

use arrow_schema::DataType;
use serde::{Serialize, Serializer};

/// Something that one phase produces and another phase needs.
///
/// ```
/// use jobinsight_core::Resource;
///
/// assert_eq!(Resource::Column("title").to_string(), "batch.title");
/// assert_eq!(Resource::Queue.to_string(), "queue");
/// ```
///
/// Two resources are equal if they have the same name. The type of a column is not a part of its name:
/// ```
/// use jobinsight_core::{DataType, Resource};
///
/// assert_eq!(Resource::Typed("title", || DataType::Utf8), Resource::Column("title"));
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Resource {
    /// The tables and functions of the staging schema. They exist in the database from the first run on.
    Schema,
    /// The queue of batches. It exists in the database until its batches are published.
    Queue,
    /// The published rows of the run. Rows of earlier runs exist in the database, so a phase that needs them may also run
    /// alone.
    Published,
    /// A column of the batch. It exists only while the batch is carried from phase to phase.
    Column(&'static str),
    /// A column of the batch, with its exact Arrow type. `LargeUtf8` or a dictionary of texts is not `Utf8`.
    ///
    /// [`GIVES`](crate::Plugin::GIVES) must say the type of each column; [`NEEDS`](crate::Plugin::NEEDS) may say it. The
    /// type is a function, because a constant cannot contain nested types such as lists.
    Typed(&'static str, fn() -> DataType),
    /// Something else in the database that phases outside this workspace agree on, under a name of their own.
    Named(&'static str),
}

impl Resource {
    /// The name of the batch column; `None` if the resource is not a column.
    pub fn column(self) -> Option<&'static str> {
        match self {
            Self::Column(name) | Self::Typed(name, _) => Some(name),
            Self::Schema | Self::Queue | Self::Published | Self::Named(_) => None,
        }
    }

    /// The type of the batch column, if it is declared.
    pub fn data_type(self) -> Option<DataType> {
        match self {
            Self::Typed(_, data_type) => Some(data_type()),
            Self::Column(_) | Self::Schema | Self::Queue | Self::Published | Self::Named(_) => None,
        }
    }

    /// Whether an earlier run may have left the resource in the database.
    pub fn outlives_a_run(self) -> bool {
        self.column().is_none()
    }
}

/// Returns these resources unchanged, if each column has a type.
///
/// # Panics
/// At compile time, if a column has no type:
///
/// ```compile_fail,E0080
/// # use jobinsight_core::{Plugin, PhaseSpec, Resource, Result, Role, RoleKind, Settings};
/// # #[derive(Default, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
/// # struct NoSettings {}
/// # struct Mood;
/// impl Plugin for Mood {
///     const GIVES: &'static [Resource] = &[Resource::Column("mood")];
/// #   const NAME: &'static str = "mood";
/// #   const ABOUT: &'static str = "says how a posting sounds";
/// #   const ROLE: RoleKind = RoleKind::Process;
/// #   type Settings = NoSettings;
/// #   fn build(_: NoSettings, _: &Settings) -> Result<Role> { unimplemented!() }
/// }
/// const SPEC: PhaseSpec = PhaseSpec::of::<Mood>();
/// # let _ = SPEC.name;
/// ```
pub(crate) const fn with_types(gives: &'static [Resource]) -> &'static [Resource] {
    let mut index = 0;
    while index < gives.len() {
        assert!(
            !matches!(gives[index], Resource::Column(_)),
            "a column in GIVES needs its Arrow type: Resource::Typed(\"name\", || DataType::Utf8)"
        );
        index += 1;
    }
    gives
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Schema, Self::Schema)
            | (Self::Queue, Self::Queue)
            | (Self::Published, Self::Published) => true,
            (Self::Named(name), Self::Named(other)) => name == other,
            (one, other) => one.column().is_some() && one.column() == other.column(),
        }
    }
}

impl Eq for Resource {}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema => f.write_str("schema"),
            Self::Queue => f.write_str("queue"),
            Self::Published => f.write_str("published"),
            Self::Column(name) | Self::Typed(name, _) => write!(f, "batch.{name}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
