-- Writes a run that ended before it began.
--   $1 the run   $2 host   $3 process   $4 error code   $5 message   $6 results
WITH put AS (
    INSERT INTO :"staging".etl_runs (run_id, state, host, pid, finished_at, error_code, message, results)
    VALUES ($1, 'refused', $2, $3, clock_timestamp(), $4, $5, $6) ON CONFLICT (run_id) DO NOTHING
    RETURNING 1
)
INSERT INTO :"staging".etl_events (run_id, attempt, event, detail)
SELECT $1, 1, 'run refused', concat_ws(': ', $4, $5) FROM put
