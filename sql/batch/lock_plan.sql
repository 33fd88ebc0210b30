-- Locks the plan of a run until the transaction ends, so that one lane at a time adds batches to the queue.
--   $1 the run
SELECT 1 FROM :"staging".etl_plans WHERE run_id = $1::uuid FOR UPDATE
