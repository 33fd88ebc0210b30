-- Ends a batch: its work is gone, its entry says what it came to.
--   $1 the run  $2 the batch  $3 new  $4 updated  $5 unchanged  $6 rejected  $7 left
WITH gone AS (
    DELETE FROM :"staging".etl_work WHERE batch_no = $2::bigint
)
UPDATE :"staging".etl_batches
   SET state = 'done', done_at = now(), new = $3::bigint, updated = $4::bigint, unchanged = $5::bigint,
       rejected = $6::bigint, left_rows = $7::bigint
 WHERE run_id = $1::uuid AND batch_no = $2::bigint AND state = 'claimed'
