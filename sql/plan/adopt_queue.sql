-- Moves the unfinished batches of the last plan to this run, because this run does not plan. Rows that the earlier run
-- published count as unchanged, rejected or left. The batches of a fill are not moved, because they must not be published.
--   $1 the run
WITH old AS (
    SELECT p.* FROM :"staging".etl_plans p JOIN :"staging".etl_runs r USING (run_id)
     WHERE r.fills IS NULL ORDER BY p.planned_at DESC LIMIT 1
), moved AS (
    UPDATE :"staging".etl_batches b
       SET run_id = $1::uuid, state = 'queued', worker = NULL, claimed_by = NULL, claimed_at = NULL
      FROM old
     WHERE b.run_id = old.run_id AND b.state IN ('queued', 'claimed', 'failed')
    RETURNING b.row_count
), given AS (
    -- The earlier run no longer publishes all rows of its plan, so its horizon must not be used.
    UPDATE :"staging".etl_plans p SET compared_all = false FROM old WHERE p.run_id = old.run_id
), done AS (
    SELECT coalesce(sum(b.new + b.updated + b.unchanged), 0) AS stand, coalesce(sum(b.rejected), 0) AS rejected,
           coalesce(sum(b.left_rows), 0) AS left_rows
      FROM :"staging".etl_batches b JOIN old USING (run_id)
     WHERE b.state = 'done'
)
INSERT INTO :"staging".etl_plans (run_id, raw, planned, unchanged, rejected_before, left_rows, batches, replayed)
SELECT $1::uuid, old.raw, moved.rows, old.unchanged + done.stand, old.rejected_before + done.rejected,
       old.left_rows + done.left_rows, moved.batches, (SELECT count(*) FROM :"staging".etl_work WHERE was_rejected)
  FROM old, done, (SELECT coalesce(sum(row_count), 0) AS rows, count(*) AS batches FROM moved) moved
 WHERE moved.batches > 0
