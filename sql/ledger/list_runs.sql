-- Lists the runs whose id starts with a text, the most recent first.
--   $1 the text   $2 runs at most
SELECT
\ir run_entry.sql
  FROM :"staging".etl_runs r
 WHERE starts_with(r.run_id::text, $1)
 ORDER BY r.started_at DESC, r.run_id DESC
 LIMIT $2
