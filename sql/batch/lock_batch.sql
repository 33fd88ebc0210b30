-- Locks the entry of a batch for the transaction that publishes it, and returns the entry. The batch may be published
-- already, because the answer to the COMMIT was lost, or because another process published it while this one sent no heartbeat.
--   $1 the run   $2 the batch
SELECT state, rule_set, coalesce(new, 0) AS new, coalesce(updated, 0) AS updated, coalesce(unchanged, 0) AS unchanged,
       coalesce(rejected, 0) AS rejected, coalesce(left_rows, 0) AS left_rows, first_block, end_block, is_new, worker,
       b.partition IS NOT NULL AS has_partition,
\ir partition_name.sql
       AS partition_name
  FROM :"staging".etl_batches b
 WHERE run_id = $1::uuid AND batch_no = $2::bigint
   FOR UPDATE
