-- Lists the rows of staging that another program inserted or changed, and the rows that are in staging and rejected. The index
-- staging_jobs_rule_set_idx contains just the rows without a rule set. Statistics from before the first run of this pipeline say
-- that all rows are such rows, so the planner must not read the whole table because of them, nor because of the rejected rows.
SET LOCAL enable_seqscan = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
CREATE TEMPORARY TABLE etl_foreign ON COMMIT DROP AS
\ir foreign_rows.sql
;
SET LOCAL enable_seqscan = DEFAULT;
SET LOCAL enable_hashjoin = DEFAULT;
SET LOCAL enable_mergejoin = DEFAULT;
ANALYZE etl_foreign
