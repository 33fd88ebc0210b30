-- Adds to the rejected rows of a run, and returns the numbers for the quality gate. Another lane that rejects rows of the run
-- waits meanwhile, so the sum is exact.
-- The numbers include the rows of earlier runs that failed since the last run that published all of its batches, and that had
-- the same rule set. A run that was killed and the run that does the rest then have the same numbers as one run without a
-- failure. The rows of earlier runs are counted once, when the first row is rejected.
-- Fills are not counted, because they publish nothing: their rule set has no exchange rate, so it is never that of a run.
--   $1 the run   $2 rows
-- Returns rows and rejected rows in total, and those of the earlier runs.
WITH own AS (
    SELECT rule_set FROM :"staging".etl_batches WHERE run_id = $1::uuid LIMIT 1
), whole AS (
    SELECT max(r.started_at) AS started_at
      FROM :"staging".etl_runs r JOIN :"staging".etl_plans p USING (run_id)
     WHERE r.state = 'done' AND r.fills IS NULL
       AND (p.batches = 0 OR EXISTS (SELECT FROM :"staging".etl_batches b WHERE b.run_id = r.run_id AND b.state = 'done'))
       AND NOT EXISTS (SELECT FROM :"staging".etl_batches b WHERE b.run_id = r.run_id AND b.state <> 'done')
), unfinished AS (
    SELECT r.run_id FROM :"staging".etl_runs r, whole
     WHERE r.run_id <> $1::uuid AND r.state IN ('failed', 'abandoned')
       AND (whole.started_at IS NULL OR r.started_at > whole.started_at)
), published AS (
    SELECT coalesce(sum(b.new + b.updated + b.unchanged + b.rejected), 0)::bigint AS rows
      FROM :"staging".etl_batches b JOIN unfinished USING (run_id) JOIN own USING (rule_set)
     WHERE b.state = 'done'
)
UPDATE :"staging".etl_plans p
   SET rejected = p.rejected + $2::bigint,
       -- Rows that this run processes again count as its own.
       rows_unfinished = coalesce(p.rows_unfinished, (SELECT least(rows, greatest(p.raw - p.planned, 0)) FROM published)),
       rejected_unfinished = coalesce(p.rejected_unfinished, CASE WHEN (SELECT rows FROM published) = 0 THEN 0 ELSE (
           SELECT count(*) FROM :"staging".etl_rejects j JOIN unfinished USING (run_id) JOIN own USING (rule_set)
            WHERE NOT EXISTS (SELECT FROM :"staging".etl_work w WHERE w.job_id = j.job_id)) END)
 WHERE p.run_id = $1::uuid
RETURNING p.planned + p.rows_unfinished, p.rejected + p.rejected_unfinished, p.rows_unfinished, p.rejected_unfinished
