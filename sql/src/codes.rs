//! The error codes of this crate: partitions, the embedded PostgreSQL, its state directory, and the version of the schema.

jobinsight_core::codes! {
    pub(crate) PARTITION_GONE: Operator = "jobinsight::run::partition_gone",
        "A partition of the raw table was detached or dropped while a run worked on its rows. What the run published stays.",
        fix: "{jobinsight run}: it plans the rows again";

    pub(crate) POSTGRES_MISSING: Operator = "jobinsight::postgres::missing",
        "This machine has no PostgreSQL for the embedded server, and none could be downloaded.",
        fix: "install PostgreSQL with the commands that the message names";
    pub(crate) POSTGRES_NO_DOWNLOAD: Operator = "jobinsight::postgres::no_download",
        "This machine has no PostgreSQL for the embedded server, and this program was built without the feature that downloads it, as the programs in packages are. A run on a server of yours does not need it.",
        fix: "install PostgreSQL with the commands that the message names";
    pub(crate) POSTGRES_NO_USER: Operator = "jobinsight::postgres::no_user",
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody.",
        fix: "run as another user, or: useradd --system postgres";
    pub POSTGRES_NOT_STARTED: Usage = "jobinsight::postgres::not_started",
        "The embedded PostgreSQL is not running.",
        fix: "{jobinsight db start}";
    pub(crate) POSTGRES_START: Operator = "jobinsight::postgres::start",
        "The embedded PostgreSQL did not start. The message contains the end of its log.",
        fix: "check that the user of the server can enter every parent of the state directory; or choose another: --state-dir DIR";
    pub(crate) POSTGRES_STOP: Operator = "jobinsight::postgres::stop",
        "The embedded PostgreSQL did not stop.",
        fix: "read the output of pg_ctl in the message";

    pub SCHEMA_NEWER: Contract = "jobinsight::schema::newer",
        "A newer program has upgraded the staging schema, and this program does not know its version. Nothing was written.",
        fix: "run the newer program; or go back to this version as docs/upgrades.md says; `{jobinsight status}` shows both versions";
    pub(crate) SCHEMA_OLDER: Usage = "jobinsight::schema::older",
        "The staging schema is older than this program, and the phase that upgrades it does not work in this run.",
        fix: "{jobinsight run}";

    pub STATE_NOT_WRITABLE: Usage = "jobinsight::state::not_writable",
        "The state directory is not writable. A run checks this before it does any work.",
        fix: "choose another directory: --state-dir DIR, or ETL_STATE_DIR";
}
