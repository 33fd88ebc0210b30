-- The raw rows that may have to be done: those that a transaction wrote which was not over at the last complete run, and
-- those that are not in staging. All others stand as they are, and their columns need not be read.
--   $1 the oldest transaction that was not over at the last complete run
-- Numbers of transactions are counted in 32 bits where rows are stored, and come again: less than half of them on is later.
CREATE TEMPORARY TABLE etl_candidates ON COMMIT DROP AS
SELECT r.job_id
  FROM :"raw" r LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id
 WHERE s.job_id IS NULL OR (r.xmin::text::bigint - $1::bigint) & 4294967295 < 2147483648
