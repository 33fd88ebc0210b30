-- Finds the rows of staging that another program inserted or changed, and the rows that are in staging and rejected, as a part of
-- list_foreign.sql and count_found.sql. `is_changed` says that the row counts as changed if the run processes it again, and
-- `is_ours` that no other program wrote it.
SELECT job_id, run_id IS NOT NULL AS is_changed, false AS is_ours FROM :"staging".staging_jobs WHERE rule_set IS NULL
UNION ALL
SELECT job_id, NOT is_ours, is_ours FROM (
\ir rows_in_both.sql
) AS b
