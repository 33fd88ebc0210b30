-- Returns the seconds since the last heartbeat of a process. NULL if the ledger has no entry of the process.
--   $1 name of its connections
SELECT extract(epoch FROM clock_timestamp() - max(heartbeat_at))::float8
  FROM :"staging".etl_workers WHERE name = $1 AND ended_at IS NULL
