-- Lists a run and the runs before it that ended, the most recent first. A fill is compared with fills of the same phase only. A run
-- that found another one in progress says nothing about the data.
--   $1 the run   $2 runs at most   $3 the error code of a run that found another one in progress
SELECT
\ir run_entry.sql
  FROM :"staging".etl_runs r
  JOIN :"staging".etl_runs this ON this.run_id = $1::uuid
 WHERE r.run_id = this.run_id
    OR ((r.started_at, r.run_id) < (this.started_at, this.run_id) AND r.state <> 'running'
        AND r.error_code IS DISTINCT FROM $3::text
        AND (to_jsonb(r) ->> 'fills') IS NOT DISTINCT FROM (to_jsonb(this) ->> 'fills'))
 ORDER BY r.started_at DESC, r.run_id DESC
 LIMIT $2::bigint
