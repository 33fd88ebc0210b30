-- Turns autovacuum on again after a first load, if drop_indexes.sql turned it off.
SET LOCAL lock_timeout = '200ms';
DO $etl_body$
BEGIN
    IF EXISTS (SELECT FROM pg_class c JOIN pg_type t ON t.typrelid = c.oid
                WHERE t.oid = pg_typeof(NULL:::"staging".staging_jobs)
                  AND c.reloptions @> ARRAY['autovacuum_vacuum_insert_threshold=-1', 'autovacuum_analyze_threshold=2147483647']) THEN
        ALTER TABLE :"staging".staging_jobs RESET (autovacuum_vacuum_insert_threshold, autovacuum_analyze_threshold);
    END IF;
END
$etl_body$
