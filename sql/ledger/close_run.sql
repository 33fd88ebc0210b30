-- Writes how an attempt ended. Writes nothing if another run has taken over meanwhile.
--   $1 the run   $2 state   $3 error code or NULL   $4 message   $5 results   $6 attempt   $7 phase that failed, or NULL
WITH put AS (
    UPDATE :"staging".etl_runs
       SET state = $2, finished_at = clock_timestamp(), error_code = $3, message = $4, results = $5
     WHERE run_id = $1 AND state = 'running'
    RETURNING 1
)
INSERT INTO :"staging".etl_events (run_id, attempt, event, phase, detail)
SELECT $1, $6, 'run ' || $2::text, $7, concat_ws(': ', $3, $4) FROM put
