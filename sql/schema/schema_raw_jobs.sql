-- The table that the crawler fills, created by `import --create` and `demo` where there is no crawler.
-- Applied only when the table does not exist; a table of the crawler is never changed.

CREATE TABLE IF NOT EXISTS :"raw" (
    :{raw_table DEFINITION}
);

-- The indexes have names, so that applying the file again does not add a second set.
CREATE INDEX IF NOT EXISTS idx_raw_jobs_company_name ON :"raw" (company_name);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_location     ON :"raw" (location);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_posted_time  ON :"raw" (posted_time);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_crawled_at   ON :"raw" (crawled_at);

COMMENT ON TABLE :"raw" IS
    'Job postings as they were crawled, one row for each posting: the input of the JobInsight ETL, which only reads it.';
