-- Deletes the rows of staging that another program inserted although their raw rows are rejected and have not changed. Counts
-- the rows that another program changed, and that the run processes again.
--   $1 name of the rule set
-- Returns the number of deleted rows and the number of changed rows.
WITH gone AS (
    DELETE FROM :"staging".staging_jobs s USING etl_foreign f, :"staging".etl_rejects j, :"raw" r
     WHERE s.job_id = f.job_id AND s.rule_set IS NULL
       AND j.job_id = f.job_id AND j.rule_set = $1::text AND r.job_id = f.job_id AND j.source_hash = :fingerprint
    RETURNING s.job_id
), noted AS (
    UPDATE :"staging".etl_rejects j SET removed_at = now() FROM gone WHERE j.job_id = gone.job_id
)
SELECT (SELECT count(*) FROM gone),
       (SELECT count(*) FROM etl_foreign f JOIN :"raw" r ON r.job_id = f.job_id
         WHERE f.is_changed AND NOT EXISTS (SELECT FROM gone WHERE gone.job_id = f.job_id))
