-- Drops, for a first load, the indexes of staging that are expensive to update with each row. Rows come in the order of their
-- crawl, so the indexes on crawl times and due dates are cheap and stay. Also turns autovacuum off for the table, unless the
-- table has autovacuum settings already. During a first load the table only grows. Autovacuum would read rows while they are
-- written, and the creation of an index would wait for it.
SET LOCAL lock_timeout = '200ms';
DROP INDEX IF EXISTS :"staging".staging_jobs_company_idx;
DROP INDEX IF EXISTS :"staging".staging_jobs_location_idx;
DROP INDEX IF EXISTS :"staging".staging_jobs_posted_time_idx;
DO $etl_body$
DECLARE
    part regclass;
BEGIN
    FOR part IN
\ir staging_parts.sql
    LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_class WHERE oid = part AND reloptions::text LIKE '%autovacuum%') THEN
            EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2147483647)', part);
        END IF;
    END LOOP;
END
$etl_body$
