-- Counts the batches of a run by state, and adds up the outcomes of its published batches.
--   $1 the run
SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'claimed'),
       count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'done'),
       count(*) FILTER (WHERE state = 'superseded'),
       coalesce(sum(new), 0)::bigint, coalesce(sum(updated), 0)::bigint, coalesce(sum(unchanged), 0)::bigint,
       coalesce(sum(rejected), 0)::bigint, coalesce(sum(left_rows), 0)::bigint
  FROM :"staging".etl_batches WHERE run_id = $1
