-- Lists the runs whose id starts with a text, the most recent first.
-- The column fills is read as JSON, because a ledger of an older version lacks it until the next run.
--   $1 the text   $2 runs at most
SELECT run_id, state, attempt,
       to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       host, pid, retry_of, error_code, message, settings, results, to_jsonb(r) ->> 'fills'
  FROM :"staging".etl_runs r
 WHERE starts_with(run_id::text, $1)
 ORDER BY started_at DESC, run_id DESC
 LIMIT $2
