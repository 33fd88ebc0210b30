-- Reads when the last successful run ended, in seconds since 1970. A fill publishes nothing, so it does not count.
-- The column fills is read as JSON, because a ledger of an older version lacks it until the next run.
SELECT extract(epoch FROM max(finished_at))::float8
  FROM :"staging".etl_runs r
 WHERE state = 'done' AND to_jsonb(r) ->> 'fills' IS NULL
