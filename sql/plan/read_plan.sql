-- Reads the plan of a run: raw rows, planned, unchanged, rejected before, left, batches.
--   $1 the run
SELECT raw, planned, unchanged, rejected_before, left_rows, batches FROM :"staging".etl_plans WHERE run_id = $1::uuid
