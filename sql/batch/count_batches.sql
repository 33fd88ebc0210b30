-- Counts the batches of a run by state, and adds up the outcomes of its published batches. The last three
-- numbers are rows of another program: deleted by the plan, deleted by the batches, changed.
-- Their columns are read as JSON, because a ledger of an older version lacks them until the next run.
--   $1 the run
SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'claimed'),
       count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'done'),
       count(*) FILTER (WHERE state = 'superseded'),
       coalesce(sum(new), 0)::bigint, coalesce(sum(updated), 0)::bigint, coalesce(sum(unchanged), 0)::bigint,
       coalesce(sum(rejected), 0)::bigint, coalesce(sum(left_rows), 0)::bigint,
       coalesce((SELECT (to_jsonb(p) ->> 'removed')::bigint FROM :"staging".etl_plans p WHERE p.run_id = $1), 0),
       coalesce(sum((to_jsonb(b) ->> 'removed')::bigint), 0)::bigint,
       coalesce((SELECT (to_jsonb(p) ->> 'changed')::bigint FROM :"staging".etl_plans p WHERE p.run_id = $1), 0)
  FROM :"staging".etl_batches b WHERE run_id = $1
