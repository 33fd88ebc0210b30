-- Locks a batch's entry for the transaction that publishes it, and tells whether that was done already: the answer
-- to a COMMIT can be lost on its way; or another process did it, which had the batch when this one gave no sign of life.
--   $1 the run   $2 the batch
SELECT state, rule_set, coalesce(new, 0), coalesce(updated, 0), coalesce(unchanged, 0), coalesce(rejected, 0), coalesce(left_rows, 0),
       first_block, end_block, is_new, worker
  FROM :"staging".etl_batches
 WHERE run_id = $1::uuid AND batch_no = $2::bigint
   FOR UPDATE
