//! The error codes of this phase: the contract of the raw table, the staging table, and the scripts of the staging schema.

jobinsight_core::codes! {
    pub(crate) CONTRACT_MISSING_COLUMN: Contract = "jobinsight::contract::missing_column",
        "The raw table lacks a column of the contract, or the column has another name. The message shows the difference. Nothing was written.",
        fix: "restore the name of the column: ALTER TABLE raw_jobs RENAME COLUMN NEW TO OLD; a view cannot replace the table, because it has no key";
    pub(crate) CONTRACT_MISSING_TABLE: Contract = "jobinsight::contract::missing_table",
        "The raw table does not exist in this database.",
        fix: "check [raw] schema and table; to create and fill it: {jobinsight import --create FILE}";
    pub(crate) CONTRACT_NO_KEY: Contract = "jobinsight::contract::no_key",
        "job_id of the raw table is not unique, so a posting could exist twice.",
        fix: "ALTER TABLE raw_jobs ADD PRIMARY KEY (job_id); with partitions by month: (job_id, crawled_at); a view has no key: name its table in [raw]";
    pub(crate) CONTRACT_REPEATED_KEY: Contract = "jobinsight::contract::repeated_key",
        "The key of the raw table has a second column, and the table has more than one row of a posting, so a run does not know which of them to publish. Nothing was written.",
        fix: "keep the newest crawl of each posting: DELETE FROM raw_jobs o USING raw_jobs n WHERE n.job_id = o.job_id AND n.crawled_at > o.crawled_at";
    pub(crate) CONTRACT_REPLICA_IDENTITY: Contract = "jobinsight::contract::replica_identity",
        "A publication sends updates or deletions of a table of the staging schema, but the replica identity of the table does not allow it, so PostgreSQL would refuse them. Nothing was written.",
        fix: "type what the message shows, for example: ALTER TABLE jobinsight_staging.staging_jobs REPLICA IDENTITY DEFAULT; for a row filter: REPLICA IDENTITY FULL";
    pub(crate) CONTRACT_UNFILLED_COLUMN: Contract = "jobinsight::contract::unfilled_column",
        "Somebody added a column to the staging table that is NOT NULL and has no default. A run does not know the column, so it cannot insert a row. Nothing was written.",
        fix: "give the column a default: ALTER TABLE jobinsight_staging.staging_jobs ALTER COLUMN NAME SET DEFAULT VALUE; or ALTER COLUMN NAME DROP NOT NULL";
    pub(crate) CONTRACT_WRONG_TYPE: Contract = "jobinsight::contract::wrong_type",
        "A column of the raw table has a type that the contract does not allow.",
        fix: "restore the type: ALTER TABLE raw_jobs ALTER COLUMN NAME TYPE AGREED; a view cannot replace the table, because it has no key";

    pub(crate) SCHEMA_OUTDATED: Operator = "jobinsight::schema::outdated",
        "A script must be applied, but the setting [phases.schema_setup] read_only forbids it.",
        fix: "let a role with CREATE run once without [phases.schema_setup] read_only";
}
