-- Returns the latest run that still has unpublished batches and is not a fill, with the number of these batches.
SELECT b.run_id, count(*)
  FROM :"staging".etl_batches b JOIN :"staging".etl_runs r USING (run_id)
 WHERE b.state IN ('queued', 'claimed', 'failed') AND r.fills IS NULL
 GROUP BY b.run_id, r.started_at ORDER BY r.started_at DESC LIMIT 1
