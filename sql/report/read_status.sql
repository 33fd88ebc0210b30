-- Reads the rows of staging, the rejected rows, the rows that the warehouse has not loaded, the newest crawl, and the rows that
-- another program inserted or changed since the last run.
SELECT (SELECT count(*) FROM :"staging".staging_jobs),
       (SELECT count(*) FROM :"staging".etl_rejects),
       (SELECT count(*) FROM :"staging".staging_jobs WHERE NOT processed_to_dwh),
       (SELECT to_char(max(crawled_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' FROM :"raw"),
       (SELECT count(*) FROM :"staging".staging_jobs s JOIN :"raw" r ON r.job_id = s.job_id
         WHERE s.rule_set IS NULL AND s.run_id IS NULL),
       (SELECT count(*) FROM :"staging".staging_jobs s JOIN :"raw" r ON r.job_id = s.job_id
         WHERE s.rule_set IS NULL AND s.run_id IS NOT NULL)
