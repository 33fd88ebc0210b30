//! The error codes of this phase.

jobinsight_core::codes! {
    pub(crate) PHASES_MISSING_COLUMN: Usage = "jobinsight::phases::missing_column",
        "A phase needs a batch column that no earlier phase produces, or that an earlier phase produces with another type.",
        fix: "move the phase that produces the column to an earlier place in `pipeline`, or let it produce the type that the message names";
}
