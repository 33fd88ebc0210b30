-- Reads the rows of staging, the rejected rows, the rows that the warehouse has not loaded, and the newest crawl.
SELECT (SELECT count(*) FROM :"staging".staging_jobs),
       (SELECT count(*) FROM :"staging".etl_rejects),
       (SELECT count(*) FROM :"staging".staging_jobs WHERE NOT processed_to_dwh),
       (SELECT to_char(max(crawled_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' FROM :"raw")
