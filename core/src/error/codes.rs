//! The error codes of this crate, and those that several crates share.

crate::codes! {
    pub BATCH_LOST: Locked = "jobinsight::batch::lost",
        "Another process took over a batch, because this process sent no heartbeat until the lease ended. The lane drops the batch, and the run continues.",
        fix: "find out what stopped the process: a frozen machine, no CPU, a silent network";

    pub(crate) CONTRACT_ENCODING: Contract = "jobinsight::contract::encoding",
        "The encoding of the database is not UTF8. Other encodings cannot store all Vietnamese letters.",
        fix: "dump the database and restore it into a new one: createdb --template=template0 --encoding=UTF8 NAME";

    pub DATABASE_CANCELLED: Server = "jobinsight::database::cancelled",
        "A statement was cancelled before our statement_timeout ended: by pg_cancel_backend, or by a limit of the role or the database.",
        fix: "ask who cancelled it; then: jobinsight retry";
    pub(crate) DATABASE_CONFLICT: Passing = "jobinsight::database::conflict",
        "Another transaction was in the way (a serialization failure or a deadlock), also after three retries.",
        fix: "find the other job that writes to the same tables; then: jobinsight retry";
    pub DATABASE_CONNECTION: Away = "jobinsight::database::connection",
        "The server is unreachable: it does not run, the address is wrong, or the network is down. A run waits for it until ETL_TIMEOUT.",
        fix: "check that the server answers: psql \"$DATABASE_URL\" -c 'select 1'; then: jobinsight retry";
    pub(crate) DATABASE_DATA: Data = "jobinsight::database::data",
        "PostgreSQL refused a value, and no single row could be named. A row that can be named is rejected instead.",
        fix: "report it with the statement and the line that the message names";
    pub(crate) DATABASE_DISK_FULL: Server = "jobinsight::database::disk_full",
        "The disk of the server is full. No row was rejected for that reason, and no batch was published in part.",
        fix: "free space on the server; then: jobinsight retry";
    pub DATABASE_FAILED: Server = "jobinsight::database::failed",
        "PostgreSQL refused a statement. The message points to the line of the .sql file.",
        fix: "read the message; if somebody changed the schema by hand, undo the change";
    pub DATABASE_LOCK_TIMEOUT: Server = "jobinsight::database::lock_timeout",
        "Another session held a lock for longer than lock_timeout. The message names its backend and its query.",
        fix: "end that session (SELECT pg_terminate_backend(PID)) or wait; then: jobinsight retry; or raise ETL_LOCK_TIMEOUT";
    pub(crate) DATABASE_LOGIN: Usage = "jobinsight::database::login",
        "The server refused the user, the password or the database, or pg_hba.conf does not allow such a connection.",
        fix: "check user, password and database name (jobinsight config show --origin shows the source); for a `hostssl` line, sslmode must not be disable";
    pub(crate) DATABASE_POOLER: Usage = "jobinsight::database::pooler",
        "The connection goes through a pooler in transaction mode (PgBouncer). Such a pooler cannot keep the run lock.",
        fix: "connect to PostgreSQL directly, or to a pool with pool_mode = session";
    pub(crate) DATABASE_PORT: Usage = "jobinsight::database::port",
        "A port in the environment is not a port number.",
        fix: "allowed: 1 to 65535";
    pub DATABASE_PRIVILEGE: Server = "jobinsight::database::privilege",
        "The role lacks a privilege on the object that the message names.",
        fix: "let an administrator grant it; jobinsight doctor shows the exact GRANT statements";
    pub DATABASE_READ_ONLY: Usage = "jobinsight::database::read_only",
        "The server is a read-only standby, or the database is set to read-only.",
        fix: "connect to the primary";
    pub(crate) DATABASE_RESTARTING: Away = "jobinsight::database::restarting",
        "The server is shutting down or starting up. A run waits for it until ETL_TIMEOUT.",
        fix: "when the server is back: jobinsight retry";
    pub(crate) DATABASE_SECRET_FILE: Usage = "jobinsight::database::secret_file",
        "A NAME_FILE variable names a file that cannot be read.",
        fix: "check the path and its permissions";
    pub(crate) DATABASE_SERVICE: Usage = "jobinsight::database::service",
        "No service file contains the service that PGSERVICE names.",
        fix: "check PGSERVICEFILE, ~/.pg_service.conf and PGSYSCONFDIR/pg_service.conf";
    pub DATABASE_STATEMENT_TIMEOUT: Server = "jobinsight::database::statement_timeout",
        "A statement took longer than statement_timeout. The message names the phase and the limit.",
        fix: "raise ETL_STATEMENT_TIMEOUT or ETL_TIMEOUT, or lower ETL_BATCH_SIZE; then: jobinsight retry";
    pub(crate) DATABASE_TLS: Usage = "jobinsight::database::tls",
        "The encryption that sslmode asks for is not possible: the server offers no TLS, its certificate has another authority or another name, or a certificate file cannot be read. A plain connection never replaces it.",
        fix: "check ssl on the server, sslmode and sslrootcert; to see the server's certificate: openssl s_client -starttls postgres -connect HOST:5432";
    pub(crate) DATABASE_TOO_MANY_CONNECTIONS: Passing = "jobinsight::database::too_many_connections",
        "The server has no free connection.",
        fix: "lower ETL_MAX_WORKERS (a run uses max_workers + 3 connections), or raise max_connections or the limit of the role";
    pub(crate) DATABASE_URL: Usage = "jobinsight::database::url",
        "The connection URL or connection string cannot be read. The message does not repeat it, because it may contain a password.",
        fix: "write it as postgresql://user:password@host:5432/database; characters such as @ / % in a password are written %40 %2F %25";

    pub(crate) INTERNAL_BUG: Bug = "jobinsight::internal::bug",
        "A defect of jobinsight, or of the phase that the message names. A panic is one. Committed batches stay.",
        fix: "report it with the log of the run; then: jobinsight retry";

    pub(crate) PHASES_BROKEN_PROMISE: Bug = "jobinsight::phases::broken_promise",
        "A phase returned a batch that lacks a column, or that lacks rows which are not among its rejects. The message names the phase; nothing of the batch was published.",
        fix: "fix the phase: its GIVES and DROPS say which columns it adds and removes; then: jobinsight retry";
    pub(crate) PHASES_DUPLICATE: Bug = "jobinsight::phases::duplicate",
        "Two linked crates register a phase of the same name.",
        fix: "rename one of the phases, or link only one of the crates";

    pub(crate) QUALITY_INTEGRITY: Quality = "jobinsight::quality::integrity",
        "More rows were rejected than integrity_threshold allows, in this run and in the failed runs before it. Earlier batches stay published; later ones are not published.",
        fix: "look at the rows that the message names; fix the source, or accept the rejects with a lower ETL_INTEGRITY_THRESHOLD; then: jobinsight retry";
    pub QUALITY_UNACCOUNTED: Quality = "jobinsight::quality::unaccounted",
        "The number of raw rows is not the sum of new, updated, unchanged, rejected and left rows.",
        fix: "check that `pipeline` has a loading and a saving phase; otherwise report it, because it is a defect";

    pub RULES_BAD_LINE: Usage = "jobinsight::rules::bad_line",
        "A line of a file in rules_dir is not a rule. The message shows the file, the line and the reason.",
        fix: "jobinsight rules show TABLE shows correct lines and how they are written; jobinsight rules list checks all files";
    pub(crate) RULES_UNKNOWN_TABLE: Usage = "jobinsight::rules::unknown_table",
        "No table has that name: the name of a file in rules_dir, or the argument of `rules show`.",
        fix: "jobinsight rules list shows the tables; the file of a table is TABLE.txt";
    pub(crate) RULES_UNREADABLE: Usage = "jobinsight::rules::unreadable",
        "rules_dir, or a file in it, cannot be read or is not UTF-8.",
        fix: "check the path (it is relative to the working directory) and its permissions, or remove rules_dir";

    pub SETTINGS_INVALID: Usage = "jobinsight::settings::invalid",
        "The value of a setting is not allowed. The message shows the line of the file or the variable, and the allowed values.",
        fix: "jobinsight config show --origin shows every setting, its value and its source";
    pub(crate) SETTINGS_NO_FILE: Usage = "jobinsight::settings::no_file",
        "The settings file that was named does not exist.",
        fix: "check --config or JOBINSIGHT_CONFIG";
    pub(crate) SETTINGS_UNKNOWN_KEY: Usage = "jobinsight::settings::unknown_key",
        "A setting of that name does not exist. The message names the nearest one.",
        fix: "jobinsight config show lists the settings";
    pub(crate) SETTINGS_UNKNOWN_PHASE: Usage = "jobinsight::settings::unknown_phase",
        "A section [phases.NAME] names a phase that is not linked.",
        fix: "jobinsight phases lists the linked phases";
}
