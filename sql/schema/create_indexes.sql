-- Creates the indexes of staging except its primary key, in a transaction of its own, so that readers do not wait. A first load
-- drops most of them and creates them again after its last row. This costs a third of updating them with each row.
CREATE INDEX IF NOT EXISTS staging_jobs_company_idx     ON :"staging".staging_jobs (company_name);
CREATE INDEX IF NOT EXISTS staging_jobs_location_idx    ON :"staging".staging_jobs (location);
CREATE INDEX IF NOT EXISTS staging_jobs_posted_time_idx ON :"staging".staging_jobs (posted_time);
CREATE INDEX IF NOT EXISTS staging_jobs_crawled_at_idx  ON :"staging".staging_jobs (crawled_at);
-- This index finds rows whose due date had not passed, because their time_remaining may have changed. VACUUM summarizes new
-- pages. The option `autosummarize` is not used, because the server would log a line for each range that does not fit into its
-- queue: 700 lines for a million rows.
CREATE INDEX IF NOT EXISTS staging_jobs_due_date_idx    ON :"staging".staging_jobs USING brin (due_date);
-- This index finds the rows that another program inserted or changed (mark_changed_rows.sql). It is empty between two runs
-- unless there is such a program.
CREATE INDEX IF NOT EXISTS staging_jobs_rule_set_idx    ON :"staging".staging_jobs (job_id) WHERE rule_set IS NULL;
-- This index finds the rows that were published after a moment, for readers of new and changed rows. Rows are stored in the order
-- in which they are published, so the index is small and costs nearly nothing.
CREATE INDEX IF NOT EXISTS staging_jobs_published_at_idx ON :"staging".staging_jobs USING brin (published_at);
