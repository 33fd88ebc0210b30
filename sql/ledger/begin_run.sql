-- Writes the entry of a run that begins, or updates the entry of a run that a retry resumes.
--   $1 the run   $2 host   $3 process   $4 attempt   $5 the run's clock   $6 settings   $7 the run that this one retries, or NULL
INSERT INTO :"staging".etl_runs AS r (run_id, state, host, pid, attempt, as_of, settings, retry_of)
VALUES ($1, 'running', $2, $3, $4, $5::text::timestamptz, $6, $7)
ON CONFLICT (run_id) DO UPDATE
   SET (state, host, pid, attempt, as_of, finished_at, error_code, message)
     = ('running', EXCLUDED.host, EXCLUDED.pid, EXCLUDED.attempt, EXCLUDED.as_of, NULL, NULL, NULL)
