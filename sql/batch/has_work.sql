-- Checks that etl_work has all rows of a batch, or of every batch that is not published yet. The table is unlogged, so it is
-- empty after a crash of the server. A batch that is a range of blocks has no rows there.
--   $1 the run   $2 the batch; NULL: every batch that is not published
SELECT NOT EXISTS (
    SELECT 1 FROM :"staging".etl_batches b
     WHERE b.run_id = $1::uuid AND b.first_block IS NULL
       AND (b.batch_no = $2::bigint OR $2 IS NULL AND b.state IN ('queued', 'claimed', 'failed'))
       AND b.row_count <> (SELECT count(*) FROM :"staging".etl_work w WHERE w.batch_no = b.batch_no))
