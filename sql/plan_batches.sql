-- Cuts the work into batches, the queue of this run.
--   $1 the run   $2 name of the rule set
WITH cut AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set)
    SELECT $1::uuid, batch_no, count(*), $2::text FROM :"staging".etl_work GROUP BY batch_no
    RETURNING 1
)
SELECT count(*) FROM cut
