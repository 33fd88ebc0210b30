-- Whether all work of a batch stands: the work table is not logged, and empty after a crash of the server. A batch that
-- is a range of the raw table has none there.
--   $1 the run   $2 the batch
SELECT b.first_block IS NOT NULL OR b.row_count = (SELECT count(*) FROM :"staging".etl_work w WHERE w.batch_no = b.batch_no)
  FROM :"staging".etl_batches b WHERE b.run_id = $1::uuid AND b.batch_no = $2::bigint
