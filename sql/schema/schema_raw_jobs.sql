-- Creates the raw table for `import --create` and `demo`. Usually the crawler creates and fills this table.
-- This file is applied only when the table does not exist. A table of the crawler is never changed.

CREATE TABLE IF NOT EXISTS :"raw" (
    :{raw_table DEFINITION}
);

-- The indexes have names, so that applying the file again does not add a second set.
CREATE INDEX IF NOT EXISTS idx_raw_jobs_company_name ON :"raw" (company_name);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_location     ON :"raw" (location);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_posted_time  ON :"raw" (posted_time);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_crawled_at   ON :"raw" (crawled_at);

COMMENT ON TABLE :"raw" IS
    'Job postings as they were crawled, one row for each posting. The JobInsight ETL reads this table and does not change it.';
DO $etl_body$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT * FROM (VALUES :{('raw_table', ABOUT)}) AS c (name, about) LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', $etl_name$:"raw"$etl_name$, item.name, item.about);
    END LOOP;
END
$etl_body$;
