-- Reads the rows of staging, the rejected rows, the rows that the warehouse has not loaded, and the rows that another
-- program inserted or changed since the last run.
SELECT (SELECT count(*) FROM :"staging".staging_jobs),
       (SELECT count(*) FROM :"staging".etl_rejects),
       (SELECT count(*) FROM :"staging".staging_jobs WHERE NOT processed_to_dwh),
       (SELECT count(*) FROM :"staging".staging_jobs s JOIN :"raw" r ON r.job_id = s.job_id
         WHERE s.rule_set IS NULL AND s.run_id IS NULL),
       (SELECT count(*) FROM :"staging".staging_jobs s JOIN :"raw" r ON r.job_id = s.job_id
         WHERE s.rule_set IS NULL AND s.run_id IS NOT NULL)
