-- Takes those indexes of staging away that are dear to keep in order row by row, for a first load: rows come in the order
-- of their crawl, so that those on times of crawl and due dates cost next to nothing.
SET LOCAL lock_timeout = '200ms';
DROP INDEX IF EXISTS :"staging".staging_jobs_company_idx, :"staging".staging_jobs_location_idx, :"staging".staging_jobs_posted_time_idx
