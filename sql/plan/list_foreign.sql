-- Lists the rows of staging that another program inserted or changed, and the rows that are in staging and rejected. The index
-- staging_jobs_rule_set_idx contains just the rows without a rule set. Statistics from before the first run of this pipeline say
-- that all rows are such rows, so the planner must not read the whole table because of them, nor because of the rejected rows.
-- `is_changed` says that the row counts as changed if the run processes it again, and `is_ours` that no other program wrote it.
SET LOCAL enable_seqscan = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
CREATE TEMPORARY TABLE etl_foreign ON COMMIT DROP AS
SELECT job_id, run_id IS NOT NULL AS is_changed, false AS is_ours FROM :"staging".staging_jobs WHERE rule_set IS NULL
UNION ALL
SELECT job_id, NOT is_ours, is_ours FROM (
\ir rows_in_both.sql
) AS b;
SET LOCAL enable_seqscan = DEFAULT;
SET LOCAL enable_hashjoin = DEFAULT;
SET LOCAL enable_mergejoin = DEFAULT;
ANALYZE etl_foreign
