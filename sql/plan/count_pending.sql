-- Returns the run that filled the queue last, its unpublished batches, and their rows. A fill does not count.
WITH last AS (
    SELECT p.run_id FROM :"staging".etl_plans p JOIN :"staging".etl_runs r USING (run_id)
     WHERE r.fills IS NULL ORDER BY p.planned_at DESC LIMIT 1
)
SELECT last.run_id, count(b.run_id), coalesce(sum(b.row_count), 0)::bigint
  FROM last LEFT JOIN :"staging".etl_batches b
    ON b.run_id = last.run_id AND b.state IN ('queued', 'claimed', 'failed')
 GROUP BY last.run_id
