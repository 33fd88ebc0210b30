-- Finds the rows whose time_remaining is another text as of this run.
--   $1 the run's clock   $2 the moment as of which all rows are true, if it is not later than the clock; or NULL
-- A row that had expired by $2 has expired now as well, so the index on due_date finds the others.
CREATE TEMPORARY TABLE etl_stale ON COMMIT DROP AS
SELECT job_id, :"staging".time_remaining(due_date, $1::timestamptz) AS time_remaining
  FROM :"staging".staging_jobs
 WHERE time_remaining IS DISTINCT FROM :"staging".time_remaining(due_date, $1::timestamptz)
   AND ($2::timestamptz IS NULL OR due_date > $2::timestamptz)
