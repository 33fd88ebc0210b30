-- Finds the raw rows that must be compared: rows that were written since the last complete run, and rows that are not in
-- staging. prepare_fetch.sql adds the rows of list_foreign.sql. The columns of all other rows are not read.
--   $1 the horizon of the last complete run
-- A row stores only 32 bits of the number of its transaction, so numbers repeat. A row counts as written since then if its
-- number is the horizon or at most 2147483647 after it, with wrap-around.
CREATE TEMPORARY TABLE etl_candidates ON COMMIT DROP AS
SELECT r.job_id
  FROM :"raw" r LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id
 WHERE s.job_id IS NULL OR (r.xmin::text::bigint - $1::bigint) & 4294967295 < 2147483648
