//! The resources that phases need, produce and drop: the words of `NEEDS`, `GIVES` and `DROPS`.

use std::fmt;

use serde::{Serialize, Serializer};

/// Something that one phase produces and another phase needs.
///
/// ```
/// use jobinsight_core::Resource;
///
/// assert_eq!(Resource::Column("title").to_string(), "batch.title");
/// assert_eq!(Resource::Queue.to_string(), "queue");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Something else in the database that phases outside this workspace agree on, under a name of their own.
    Named(&'static str),
}

impl Resource {
    /// The name of the batch column; `None` if the resource is not a column.
    pub fn column(self) -> Option<&'static str> {
        match self {
            Self::Column(name) => Some(name),
            Self::Schema | Self::Queue | Self::Published | Self::Named(_) => None,
        }
    }

    /// Whether an earlier run may have left the resource in the database.
    pub fn outlives_a_run(self) -> bool {
        self.column().is_none()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema => f.write_str("schema"),
            Self::Queue => f.write_str("queue"),
            Self::Published => f.write_str("published"),
            Self::Column(name) => write!(f, "batch.{name}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
