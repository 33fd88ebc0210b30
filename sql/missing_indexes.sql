-- Which of staging's indexes are not there, as after a first load; none where they are another's to make.
--   $1 the staging schema
SELECT i.name
  FROM unnest(ARRAY['company', 'location', 'posted_time', 'crawled_at', 'due_date']) AS column_name,
       LATERAL (SELECT 'staging_jobs_' || column_name || '_idx' AS name) i
 WHERE to_regclass(format('%I.%I', $1::text, i.name)) IS NULL
   AND (SELECT pg_has_role(c.relowner, 'USAGE') FROM pg_class c
         WHERE c.oid = to_regclass(format('%I.staging_jobs', $1::text)))
