-- Reads the rows of staging, the rejected rows, and the rows that the warehouse has not loaded.
SELECT (SELECT count(*) FROM :"staging".staging_jobs),
       (SELECT count(*) FROM :"staging".etl_rejects),
       (SELECT count(*) FROM :"staging".staging_jobs WHERE NOT processed_to_dwh)
