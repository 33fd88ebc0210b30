-- Writes the heartbeat of a process, and returns the state of its run.
--   $1 the process   $2 the run
WITH beat AS (
    UPDATE :"staging".etl_workers SET heartbeat_at = clock_timestamp(), backend = pg_backend_pid() WHERE worker = $1
)
SELECT state FROM :"staging".etl_runs WHERE run_id = $2
