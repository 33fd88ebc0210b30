-- Deletes the rows of staging that another program inserted although their raw rows are rejected and have not changed. Counts
-- the rows that another program changed, and that the run processes again.
--   $1 name of the rule set   $2 the run
-- A row that a foreign key or a trigger does not let go stays, and the run processes its raw row again.
-- Returns the number of deleted rows and the number of changed rows.
WITH wrong AS (
    SELECT array_agg(s.job_id::text) AS keys
      FROM etl_foreign f JOIN :"staging".staging_jobs s ON s.job_id = f.job_id
      JOIN :"staging".etl_rejects j ON j.job_id = f.job_id JOIN :"raw" r ON r.job_id = f.job_id
     WHERE s.rule_set IS NULL AND j.rule_set = $1::text AND j.source_hash = :fingerprint
), gone AS (
    SELECT d.key, d.is_kept FROM wrong, :"staging".delete_rejected(wrong.keys, $2::uuid) d WHERE wrong.keys IS NOT NULL
), noted AS (
    UPDATE :"staging".etl_rejects j
       SET removed_at = CASE WHEN gone.is_kept THEN j.removed_at ELSE now() END,
           rule_set = CASE WHEN gone.is_kept THEN 'kept_in_staging' ELSE j.rule_set END
      FROM gone WHERE j.job_id = gone.key
)
SELECT (SELECT count(*) FROM gone WHERE NOT is_kept),
       (SELECT count(*) FROM etl_foreign f JOIN :"raw" r ON r.job_id = f.job_id
         WHERE f.is_changed AND NOT EXISTS (SELECT FROM gone WHERE gone.key = f.job_id AND NOT gone.is_kept))
