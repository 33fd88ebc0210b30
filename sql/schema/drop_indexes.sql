-- Takes those indexes of staging away that are dear to keep in order row by row, for a first load: rows come in the order
-- of their crawl, so that those on times of crawl and due dates cost next to nothing. And keeps autovacuum from a table
-- that only grows: it would read what is written meanwhile, and making an index waits for it. Who has settings of
-- their own for it keeps them.
SET LOCAL lock_timeout = '200ms';
DROP INDEX IF EXISTS :"staging".staging_jobs_company_idx, :"staging".staging_jobs_location_idx, :"staging".staging_jobs_posted_time_idx;
DO $etl_body$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class c JOIN pg_type t ON t.typrelid = c.oid
                    WHERE t.oid = pg_typeof(NULL:::"staging".staging_jobs) AND c.reloptions::text LIKE '%autovacuum%') THEN
        ALTER TABLE :"staging".staging_jobs SET (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_threshold = 2147483647);
    END IF;
END
$etl_body$
