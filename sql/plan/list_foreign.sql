-- Lists the rows of staging that another program inserted or changed. The index staging_jobs_rule_set_idx contains just these
-- rows. Statistics from before the first run of this pipeline say that all rows are such rows, so the planner must not read the
-- whole table because of them.
SET LOCAL enable_seqscan = off;
CREATE TEMPORARY TABLE etl_foreign ON COMMIT DROP AS
SELECT job_id, run_id IS NOT NULL AS is_changed FROM :"staging".staging_jobs WHERE rule_set IS NULL;
SET LOCAL enable_seqscan = DEFAULT;
ANALYZE etl_foreign
