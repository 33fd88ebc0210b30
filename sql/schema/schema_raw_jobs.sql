-- The table that the crawler fills, for where there is no crawler: `import --create` and `demo`.
-- :"raw" is replaced by the table's name, schema and table each quoted.
-- Applied only when the table does not exist; on a table of the crawler nothing is changed.

CREATE TABLE IF NOT EXISTS :"raw" (
    job_id            VARCHAR(20) PRIMARY KEY,
    title             VARCHAR(255) NOT NULL,
    job_url           TEXT,
    company_name      VARCHAR(200),
    company_url       TEXT,
    salary            VARCHAR(100),
    skills            JSONB,
    location          VARCHAR(100),
    location_detail   TEXT,
    deadline          VARCHAR(50),
    verified_employer BOOLEAN,
    last_update       VARCHAR(100),
    logo_url          TEXT,
    posted_time       TIMESTAMPTZ,
    crawled_at        TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP
);

-- Named, so that applying the file again adds no second set.
CREATE INDEX IF NOT EXISTS idx_raw_jobs_company_name ON :"raw" (company_name);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_location     ON :"raw" (location);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_posted_time  ON :"raw" (posted_time);
CREATE INDEX IF NOT EXISTS idx_raw_jobs_crawled_at   ON :"raw" (crawled_at);

COMMENT ON TABLE :"raw" IS
    'Job postings as they were crawled, a row a posting; the input of the JobInsight ETL, which only reads it.';
