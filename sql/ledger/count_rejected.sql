-- Adds the rejected rows of a batch to those of its run, and returns the numbers for the quality gate. Another lane that rejects
-- rows of the run waits meanwhile, so the sum is exact.
-- The numbers include the rows of earlier runs that failed since the last run that published all of its batches, and that had
-- the same rule set. A run that was killed and the run that does the rest then have the same numbers as one run without a
-- failure. The rows of earlier runs are counted once, when the first row is rejected.
-- Fills are not counted, because they publish nothing: their rule set has no exchange rate, so it is never that of a run.
-- A row that had been rejected before the plan, and has not changed since, is not judged again (etl_work.was_rejected).
--   $1 the run   $2 the batch   $3 the keys of its rejected rows
-- Returns six numbers: the judged rows, and the rejected rows among them; the rows of the earlier runs, and the rejected rows
-- among them; the raw rows of the plan, and the rejected rows among them that are not judged.
WITH own AS (
    SELECT rule_set FROM :"staging".etl_batches WHERE run_id = $1::uuid LIMIT 1
), unfinished AS (
\ir unfinished_runs.sql
), published AS (
    SELECT coalesce(sum(b.new + b.updated + b.unchanged + b.rejected), 0)::bigint AS rows
      FROM :"staging".etl_batches b JOIN unfinished USING (run_id) JOIN own USING (rule_set)
     WHERE b.state = 'done'
)
UPDATE :"staging".etl_plans p
   SET rejected = p.rejected + cardinality($3::text[]) - (
           SELECT count(*) FROM :"staging".etl_work w
            WHERE w.batch_no = $2::bigint AND w.job_id = ANY($3::text[]) AND w.was_rejected),
       -- Rows that this run processes again count as its own.
       rows_unfinished = coalesce(p.rows_unfinished, (SELECT least(rows, greatest(p.raw - p.planned, 0)) FROM published)),
       rejected_unfinished = coalesce(p.rejected_unfinished, CASE WHEN (SELECT rows FROM published) = 0 THEN 0 ELSE (
           SELECT count(*) FROM :"staging".etl_rejects j JOIN unfinished USING (run_id) JOIN own USING (rule_set)
            WHERE NOT EXISTS (SELECT 1 FROM :"staging".etl_work w WHERE w.job_id = j.job_id)) END)
 WHERE p.run_id = $1::uuid
RETURNING p.planned - p.replayed + p.rows_unfinished, p.rejected + p.rejected_unfinished, p.rows_unfinished, p.rejected_unfinished,
          p.raw, greatest(p.rejected_before - p.rejected_unfinished, 0) + p.replayed
