-- The time that is left to apply is true as of the run: rows of earlier runs are refreshed, where the text changes.
--   $1 the run's clock
UPDATE :"staging".staging_jobs
   SET time_remaining = :"staging".time_remaining(due_date, $1::timestamptz)
 WHERE time_remaining IS DISTINCT FROM :"staging".time_remaining(due_date, $1::timestamptz)
