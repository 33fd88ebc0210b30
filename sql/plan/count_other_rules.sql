-- Counts the rows of staging, and the rejected rows, that were made by rules with another name. The exchange rate after
-- the slash is not part of the name. The third number is the rows of staging that another program inserted or changed, and that
-- a run processes again.
SELECT (SELECT count(*) FROM :"staging".staging_jobs
         WHERE split_part(rule_set, '/', 1) <> $1),
       (SELECT count(*) FROM :"staging".etl_rejects
         WHERE split_part(rule_set, '/', 1) IS DISTINCT FROM $1),
       (SELECT count(*)
          FROM (SELECT job_id FROM :"staging".staging_jobs WHERE rule_set IS NULL
                UNION ALL
                SELECT job_id FROM (
\ir rows_in_both.sql
) AS b WHERE NOT is_ours) f
          JOIN :"raw" r ON r.job_id = f.job_id)
