-- Counts the rows that no lane loaded, because the crawler moved them from a range that was not loaded yet to a loaded range.
-- These rows are left for the next run. The search runs only if the number of loaded rows differs from the planned number.
--   $1 the run
WITH moved AS MATERIALIZED (
    SELECT run_id FROM :"staging".etl_plans WHERE run_id = $1::uuid AND raw <> counted
), missed AS (
    -- Rows that a batch left are counted with the batch already.
    SELECT greatest(count(*) - (SELECT coalesce(sum(b.left_rows), 0) FROM :"staging".etl_batches b WHERE b.run_id = $1::uuid), 0) AS rows
      FROM :"raw" r
      LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id
      LEFT JOIN :"staging".etl_rejects  j ON j.job_id = r.job_id
     WHERE EXISTS (SELECT 1 FROM moved) AND s.job_id IS NULL AND j.job_id IS NULL
)
UPDATE :"staging".etl_plans p SET raw = p.raw - p.left_rows + missed.rows, left_rows = missed.rows
  FROM missed, moved WHERE p.run_id = moved.run_id
