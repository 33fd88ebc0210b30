//! The error codes of this crate, and those that several crates share.

crate::codes! {
    pub BATCH_LOST: Locked = "jobinsight::batch::lost",
        "This process sent no heartbeat until its lease ended, so another process took over a batch. The lane drops the batch, and the run continues. The exit code of the run does not change.",
        fix: "find out why the process sent no heartbeat: a suspended machine, no CPU time, a network failure";

    pub(crate) CONTRACT_ENCODING: Contract = "jobinsight::contract::encoding",
        "The encoding of the database is not UTF8. Other encodings cannot store all Vietnamese letters.",
        fix: "dump the database and restore it into a new one: createdb --template=template0 --encoding=UTF8 NAME";

    pub DATABASE_CANCELLED: Server = "jobinsight::database::cancelled",
        "A statement was cancelled before it reached our statement_timeout. Somebody called pg_cancel_backend, or the role or the database has a shorter limit.",
        fix: "find out what cancelled it; then: {jobinsight retry}";
    pub(crate) DATABASE_CONFLICT: Passing = "jobinsight::database::conflict",
        "The transaction conflicted with another one (a serialization failure or a deadlock). A run repeats the work up to three times before it fails.",
        fix: "find the other job that writes to the same tables; then: {jobinsight retry}";
    pub DATABASE_CONNECTION: Away = "jobinsight::database::connection",
        "The server is unreachable: it does not run, the address is wrong, or the network is down. A run that has begun waits for it until ETL_TIMEOUT; before it begins, it waits for 30 s.",
        fix: "check that the server answers: psql \"$DATABASE_URL\" -c 'select 1'; then: {jobinsight retry}";
    pub(crate) DATABASE_DATA: Data = "jobinsight::database::data",
        "PostgreSQL refused a value, and the row with that value is unknown. If the row is known, it is rejected, and the run continues.",
        fix: "report it with the statement and the line that the message names";
    pub(crate) DATABASE_DISK_FULL: Server = "jobinsight::database::disk_full",
        "The disk of the server is full. No row is rejected for this reason, and no batch is published in part.",
        fix: "free space on the server; then: {jobinsight retry}";
    pub DATABASE_FAILED: Server = "jobinsight::database::failed",
        "PostgreSQL refused a statement. The message points to the line of the .sql file.",
        fix: "read the message; if somebody changed the schema by hand, undo the change";
    pub DATABASE_LOCK_TIMEOUT: Server = "jobinsight::database::lock_timeout",
        "Another session held a lock for longer than lock_timeout. The message names its backend and its query.",
        fix: "end that session (SELECT pg_terminate_backend(PID)) or wait; then: {jobinsight retry}; or raise ETL_LOCK_TIMEOUT";
    pub(crate) DATABASE_LOGIN: Usage = "jobinsight::database::login",
        "The server refused the user, the password or the database, or pg_hba.conf does not allow this connection.",
        fix: "check user, password and database name (`{jobinsight config show --origin}` shows the source); if pg_hba.conf allows only TLS (`hostssl`), sslmode must not be disable";
    pub(crate) DATABASE_PARAMETER: Usage = "jobinsight::database::parameter",
        "A connection parameter is unknown, has a wrong value, or asks for something that is not supported. It comes from the address, from the service, or from a variable of libpq such as PGSSLMODE.",
        fix: "correct or remove it; guide 3 lists the connection parameters";
    pub(crate) DATABASE_POOLER: Usage = "jobinsight::database::pooler",
        "The connection goes through a pooler in transaction mode (PgBouncer). Such a pooler cannot keep the run lock.",
        fix: "connect to PostgreSQL directly, or to a pool with pool_mode = session";
    pub(crate) DATABASE_PORT: Usage = "jobinsight::database::port",
        "The port of a server has a value that is not a port number. It comes from the address, from the service, or from a variable such as PGPORT.",
        fix: "allowed: 1 to 65535";
    pub DATABASE_PRIVILEGE: Server = "jobinsight::database::privilege",
        "The role lacks a privilege on the object that the message names.",
        fix: "let an administrator grant it; `{jobinsight doctor}` shows the exact GRANT statements, and the tables with row level security; if it shows nothing, the object belongs to others, such as the table that a trigger writes to";
    pub DATABASE_READ_ONLY: Usage = "jobinsight::database::read_only",
        "The server is a read-only standby, or the database is set to read-only.",
        fix: "connect to the primary";
    pub(crate) DATABASE_REMOTE_NODE: Passing = "jobinsight::database::remote_node",
        "A server of a distributed database (Citus) lost its connection in the middle of the work. A run repeats the work up to three times before it fails.",
        fix: "check that every server answers: SELECT * FROM citus_check_cluster_node_health(); then: {jobinsight retry}";
    pub(crate) DATABASE_RESTARTING: Away = "jobinsight::database::restarting",
        "The server is shutting down or starting up. A run that has begun waits for it until ETL_TIMEOUT; before it begins, it waits for 30 s.",
        fix: "when the server is back: {jobinsight retry}";
    pub DATABASE_ROW_SECURITY: Server = "jobinsight::database::row_security",
        "Row level security would hide rows of a table from the role. Hidden rows look like deleted rows, so the work ends before it reads them.",
        fix: "let the owner of the table run it, or: ALTER ROLE … BYPASSRLS; or: ALTER TABLE … DISABLE ROW LEVEL SECURITY";
    pub(crate) DATABASE_SECRET_FILE: Usage = "jobinsight::database::secret_file",
        "An environment variable such as DATABASE_URL_FILE names a file that cannot be read.",
        fix: "check the path and its permissions";
    pub(crate) DATABASE_SERVICE: Usage = "jobinsight::database::service",
        "PGSERVICE names a service that no service file contains.",
        fix: "check PGSERVICEFILE, ~/.pg_service.conf and PGSYSCONFDIR/pg_service.conf";
    pub DATABASE_STATEMENT_TIMEOUT: Server = "jobinsight::database::statement_timeout",
        "A statement took longer than statement_timeout. The message names the phase and the limit.",
        fix: "raise ETL_STATEMENT_TIMEOUT or ETL_TIMEOUT, or lower ETL_BATCH_SIZE; then: {jobinsight retry}";
    pub(crate) DATABASE_TLS: Usage = "jobinsight::database::tls",
        "The connection cannot be encrypted as sslmode requires. The server offers no TLS, its certificate comes from another authority or is for another host, or a certificate file cannot be read. The command fails, and never connects without TLS instead.",
        fix: "check ssl on the server, sslmode and sslrootcert; to see the server's certificate: openssl s_client -starttls postgres -connect HOST:5432";
    pub(crate) DATABASE_TOO_MANY_CONNECTIONS: Passing = "jobinsight::database::too_many_connections",
        "The server has no free connection.",
        fix: "lower ETL_MAX_WORKERS (a run uses max_workers + 3 connections), or raise max_connections or the limit of the role";
    pub(crate) DATABASE_URL: Usage = "jobinsight::database::url",
        "The connection URL or connection string cannot be read. The message does not repeat it, because it may contain a password.",
        fix: "write it as postgresql://user:password@host:5432/database; characters such as @ / % in a password are written %40 %2F %25";
    pub(crate) DATABASE_VERSION: Usage = "jobinsight::database::version",
        "PostgreSQL is older than version 14.",
        fix: "upgrade PostgreSQL";

    pub(crate) INTERNAL_BUG: Bug = "jobinsight::internal::bug",
        "A defect of jobinsight, or of the phase that the message names. Committed batches stay.",
        fix: "report it with the log of the run; then: {jobinsight retry}";

    pub(crate) PHASES_BROKEN_PROMISE: Bug = "jobinsight::phases::broken_promise",
        "A phase returned a batch that breaks the batch contract: a column is missing or is not declared, a column that the phase does not produce has other values, or rows were lost, doubled or given another key. The message names the phase. Nothing of the batch was published.",
        fix: "fix the phase: its GIVES and DROPS say which columns it produces and removes; then: {jobinsight retry}";
    pub(crate) PHASES_COLUMN_TYPE: Bug = "jobinsight::phases::column_type",
        "A phase returned a batch in which a column has another Arrow type than the phase declares in GIVES, or than the column had before. The message names the phase. Nothing of the batch was published.",
        fix: "fix the phase: let it return the type that its GIVES declares, or correct GIVES; then: {jobinsight retry}";
    pub(crate) PHASES_DUPLICATE: Bug = "jobinsight::phases::duplicate",
        "Two linked crates register a phase of the same name.",
        fix: "rename one of the phases, or link only one of the crates";
    pub(crate) PHASES_PANICKED: Bug = "jobinsight::phases::panicked",
        "A phase panicked. This is a defect of the crate that the message names. Committed batches stay.",
        fix: "report it to the author of the crate, with the log of the run; when it is fixed: {jobinsight retry}";

    pub QUALITY_INTEGRITY: Quality = "jobinsight::quality::integrity",
        "More rows were rejected than integrity_threshold allows. The rows of runs that failed since the last run that published all of its batches count as well. Batches that were published before stay published. The other batches are not published.",
        fix: "look at the rows that the message names; fix the source, or accept the rejects with a lower ETL_INTEGRITY_THRESHOLD; then: {jobinsight retry}";
    pub QUALITY_UNACCOUNTED: Quality = "jobinsight::quality::unaccounted",
        "The numbers of rows do not add up: the new, updated, unchanged, rejected and left rows must add up to the raw rows, or to the rows of the batch.",
        fix: "check that `pipeline` has a loading and a saving phase; otherwise report it, because it is a defect";

    pub RULES_BAD_LINE: Usage = "jobinsight::rules::bad_line",
        "A line of a file in rules_dir is not a rule. The message shows the file, the line and the reason.",
        fix: "`{jobinsight rules show TABLE}` shows correct lines and how they are written; `{jobinsight rules list}` checks all files";
    pub(crate) RULES_UNKNOWN_TABLE: Usage = "jobinsight::rules::unknown_table",
        "No rule table has the name of a file in rules_dir, or the name that is the argument of `rules show`.",
        fix: "`{jobinsight rules list}` shows the tables; the file of a table is TABLE.txt";
    pub(crate) RULES_UNREADABLE: Usage = "jobinsight::rules::unreadable",
        "rules_dir cannot be read, or a file in it cannot be read or is not UTF-8.",
        fix: "check the path (it is relative to the working directory) and its permissions, or remove rules_dir";

    pub SETTINGS_INVALID: Usage = "jobinsight::settings::invalid",
        "The value of a setting is not allowed. The message shows the variable, or the line of the file, and the allowed values.",
        fix: "`{jobinsight config show --origin}` shows every setting, its value and its source";
    pub(crate) SETTINGS_NO_FILE: Usage = "jobinsight::settings::no_file",
        "The settings file that --config or JOBINSIGHT_CONFIG names does not exist.",
        fix: "check the path, which is relative to the working directory";
    pub(crate) SETTINGS_UNKNOWN_KEY: Usage = "jobinsight::settings::unknown_key",
        "A key of the settings file is not a setting. The message suggests the most similar name.",
        fix: "`{jobinsight config show}` lists the settings";
    pub(crate) SETTINGS_UNKNOWN_VARIABLE: Usage = "jobinsight::settings::unknown_variable",
        "The environment has an ETL_* variable that is not a setting but resembles one, so it is probably misspelled.",
        fix: "correct the name; if the variable belongs to another program, set ETL_STRICT_ENV=false";
    pub(crate) SETTINGS_UNKNOWN_PHASE: Usage = "jobinsight::settings::unknown_phase",
        "A section [phases.NAME] names a phase that is not linked.",
        fix: "`{jobinsight phases}` lists the linked phases";
}
