-- Lists the runs whose id starts with a text, the most recent first.
--   $1 the text   $2 runs at most
SELECT run_id, state, attempt,
       to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       host, pid, retry_of, error_code, message, settings, results
  FROM :"staging".etl_runs
 WHERE starts_with(run_id::text, $1)
 ORDER BY started_at DESC, run_id DESC
 LIMIT $2
