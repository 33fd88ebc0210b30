-- Takes the indexes of staging beside its key away, for a first load: see staging_indexes.sql.
SET LOCAL lock_timeout = '200ms';
DROP INDEX IF EXISTS :"staging".staging_jobs_company_idx, :"staging".staging_jobs_location_idx,
    :"staging".staging_jobs_posted_time_idx, :"staging".staging_jobs_crawled_at_idx, :"staging".staging_jobs_due_date_idx
