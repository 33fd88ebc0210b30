-- The indexes of staging beside its key, a part of schema_staging.sql. A first load drops most of them and creates them
-- again after its last row, which costs a third of keeping them in order row by row.
CREATE INDEX IF NOT EXISTS staging_jobs_company_idx     ON :"staging".staging_jobs (company_name);
CREATE INDEX IF NOT EXISTS staging_jobs_location_idx    ON :"staging".staging_jobs (location);
CREATE INDEX IF NOT EXISTS staging_jobs_posted_time_idx ON :"staging".staging_jobs (posted_time);
CREATE INDEX IF NOT EXISTS staging_jobs_crawled_at_idx  ON :"staging".staging_jobs (crawled_at);
-- Finds rows whose time_remaining may have changed: those whose due date had not passed. Vacuum summarizes new pages. With
-- `autosummarize` the server would log a line for each range that it has no room to note: 700 for a million rows.
CREATE INDEX IF NOT EXISTS staging_jobs_due_date_idx    ON :"staging".staging_jobs USING brin (due_date);
