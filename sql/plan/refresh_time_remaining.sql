-- The time that is left to apply is true as of the run: rows of earlier runs are refreshed, where the text changes.
--   $1 the run's clock   $2 as of when all rows were true, if that was no later; or NULL
-- What had expired by then has expired now: the index on due_date knows where the rest is.
CREATE TEMPORARY TABLE etl_stale ON COMMIT DROP AS
SELECT job_id, :"staging".time_remaining(due_date, $1::timestamptz) AS time_remaining
  FROM :"staging".staging_jobs
 WHERE time_remaining IS DISTINCT FROM :"staging".time_remaining(due_date, $1::timestamptz)
   AND ($2::timestamptz IS NULL OR due_date > $2::timestamptz)
