-- Lists the missing indexes of staging, and whether the current role may create them. Indexes are missing after a first load
-- that did not end. Returns no row when there is no staging table.
--   $1 the staging schema
SELECT i.name, pg_has_role(c.relowner, 'USAGE')
  FROM unnest(ARRAY['company', 'location', 'posted_time', 'crawled_at', 'due_date', 'rule_set', 'published_at']) AS column_name,
       LATERAL (SELECT 'staging_jobs_' || column_name || '_idx' AS name) i,
       pg_class c
 WHERE c.oid = to_regclass(format('%I.staging_jobs', $1::text))
   AND to_regclass(format('%I.%I', $1::text, i.name)) IS NULL
