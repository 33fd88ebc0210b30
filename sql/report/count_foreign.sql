-- Counts the rows that another program inserted into staging since the last run, and those that it changed.
SELECT count(*) FILTER (WHERE NOT f.is_changed), count(*) FILTER (WHERE f.is_changed)
  FROM (SELECT job_id, run_id IS NOT NULL AS is_changed FROM :"staging".staging_jobs WHERE rule_set IS NULL
        UNION ALL
        SELECT job_id, false FROM (
\ir ../plan/rows_in_both.sql
) AS b WHERE NOT is_ours) f
  JOIN :"raw" r ON r.job_id = f.job_id
