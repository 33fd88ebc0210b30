-- Cuts the work into batches, the queue of this run, and writes down what was planned. What earlier runs left in the
-- queue is part of this plan: their entries end here.
--   $1 the run   $2 name of the rule set   $3 raw rows   $4 planned   $5 unchanged   $6 rejected before   $7 left
WITH ended AS (
    UPDATE :"staging".etl_batches SET state = 'superseded'
     WHERE run_id <> $1::uuid AND state IN ('queued', 'claimed', 'failed')
), cut AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set)
    SELECT $1::uuid, batch_no, count(*), $2::text FROM :"staging".etl_work GROUP BY batch_no
    RETURNING 1
), plan AS (
    INSERT INTO :"staging".etl_plans (run_id, raw, planned, unchanged, rejected_before, left_rows, batches)
    SELECT $1::uuid, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint, count(*) FROM cut
)
SELECT count(*) FROM cut
