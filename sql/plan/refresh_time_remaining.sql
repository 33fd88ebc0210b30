-- Finds the rows whose time_remaining differs from the correct text at the clock of this run.
--   $1 the run's clock   $2 the moment for which all rows were correct, if it is not later than the clock; or NULL
-- A row that had expired at $2 has still expired. So only rows with a later due date are read, and the index finds them.
CREATE TEMPORARY TABLE etl_stale ON COMMIT DROP AS
SELECT job_id, :"staging".time_remaining(due_date, $1::timestamptz) AS time_remaining
  FROM :"staging".staging_jobs
 WHERE time_remaining IS DISTINCT FROM :"staging".time_remaining(due_date, $1::timestamptz)
   AND ($2::timestamptz IS NULL OR due_date > $2::timestamptz)
