-- Describes the server for `doctor`: version, version number, in recovery, read-only, TLS, free connections, connection
-- limit of the role, role, and the clock in seconds. The kind of a session of another role may be hidden.
SELECT current_setting('server_version'), current_setting('server_version_num')::int, pg_is_in_recovery(),
       current_setting('default_transaction_read_only') = 'on', coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
       current_setting('max_connections')::bigint - (SELECT count(*) FROM pg_stat_activity WHERE coalesce(backend_type = 'client backend', datid IS NOT NULL)),
       (SELECT rolconnlimit::bigint FROM pg_roles WHERE rolname = session_user), current_user::text,
       extract(epoch FROM clock_timestamp())::float8
