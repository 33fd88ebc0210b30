-- Closes a batch: deletes its work and writes its outcome. Returns 0 runs if another run took over, and 0 batches if another
-- process has the batch. The lock on the run's entry prevents a takeover until this transaction commits.
--   $1 the run  $2 the batch  $3 this process  $4 new  $5 updated  $6 unchanged  $7 rejected  $8 left
WITH run AS (
    SELECT run_id FROM :"staging".etl_runs WHERE run_id = $1::uuid AND state = 'running' FOR SHARE
), closed AS (
    UPDATE :"staging".etl_batches b
       SET state = 'done', done_at = clock_timestamp(), new = $4::bigint, updated = $5::bigint,
           unchanged = $6::bigint, rejected = $7::bigint, left_rows = $8::bigint
      FROM run
     WHERE b.run_id = run.run_id AND b.batch_no = $2::bigint AND b.state = 'claimed' AND b.worker = $3::uuid
    RETURNING b.batch_no
), gone AS (
    DELETE FROM :"staging".etl_work w USING closed WHERE w.batch_no = closed.batch_no
)
SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM closed)
