-- Finds the raw rows that were written since the last complete run, and those that are not in staging, as a part of
-- plan_candidates.sql and count_found.sql.
--   :horizon   the horizon of the last complete run
-- A row stores only 32 bits of the number of its transaction, so numbers repeat. A row counts as written since then if its
-- number is the horizon or at most 2147483647 after it, with wrap-around.
SELECT r.job_id
  FROM :"raw" r LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id
 WHERE s.job_id IS NULL OR (r.xmin::text::bigint - :horizon::bigint) & 4294967295 < 2147483648
