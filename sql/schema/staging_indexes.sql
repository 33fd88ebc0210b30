-- The indexes of staging beside its key. Stands as `staging_indexes`, behind a colon, in schema_staging.sql. A first load takes them away
-- and makes them again behind its last row, which costs a third of keeping them in order row by row.
CREATE INDEX IF NOT EXISTS staging_jobs_company_idx     ON :"staging".staging_jobs (company_name);
CREATE INDEX IF NOT EXISTS staging_jobs_location_idx    ON :"staging".staging_jobs (location);
CREATE INDEX IF NOT EXISTS staging_jobs_posted_time_idx ON :"staging".staging_jobs (posted_time);
CREATE INDEX IF NOT EXISTS staging_jobs_crawled_at_idx  ON :"staging".staging_jobs (crawled_at);
-- Which rows may have another time_remaining by now: those whose due date had not passed. Vacuum summarizes its ranges of
-- pages. To ask for each as it fills (autosummarize) would leave the server a line in its log for each that it has no
-- room to note, 700 for a first load of a million rows.
CREATE INDEX IF NOT EXISTS staging_jobs_due_date_idx    ON :"staging".staging_jobs USING brin (due_date);
