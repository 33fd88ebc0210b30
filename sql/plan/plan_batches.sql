-- Cuts the work into batches, which become the queue of this run, and writes the plan. Unfinished batches of earlier runs are
-- marked as superseded, because this plan contains their work.
--   $1 the run   $2 name of the rule set   $3 raw rows   $4 planned   $5 unchanged   $6 rejected before   $7 left
--   $8 whether nothing was published or rejected before   $9 the horizon and $10 what it is bound to (read_horizon.sql), or NULL
--   $11 whether the plan covers all raw rows (no limit, no window_days)
--   $12 deleted and $13 changed rows of another program (settle_foreign.sql)
-- If the batches are ranges of the raw table, plan_ranges.sql has written them already, and etl_work is empty.
WITH ended AS (
    UPDATE :"staging".etl_batches SET state = 'superseded'
     WHERE run_id <> $1::uuid AND state IN ('queued', 'claimed', 'failed')
), work AS MATERIALIZED (
    SELECT batch_no, count(*) AS rows, count(*) FILTER (WHERE was_rejected) AS replayed FROM :"staging".etl_work GROUP BY batch_no
), cut AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set, is_new)
    SELECT $1::uuid, batch_no, rows, $2::text, $8::boolean FROM work
    RETURNING 1
), plan AS (
    INSERT INTO :"staging".etl_plans (run_id, raw, planned, unchanged, rejected_before, left_rows, counted, known_xid,
                                      bound_to, compared_all, removed, changed, replayed, batches)
    SELECT $1::uuid, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $3::bigint, $9::bigint, $10::text,
           $11::boolean, $12::bigint, $13::bigint, (SELECT coalesce(sum(replayed), 0) FROM work),
           (SELECT count(*) FROM cut) + (SELECT count(*) FROM :"staging".etl_batches WHERE run_id = $1::uuid)
    RETURNING batches
)
SELECT batches FROM plan
