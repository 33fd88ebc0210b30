-- Ends the other connections that have the same name.
--   $1 name of the connections
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE application_name = $1 AND pid <> pg_backend_pid() AND usename = session_user
