-- Deletes the rows of staging that another program inserted although their raw rows are rejected and have not changed. Counts
-- the rows that another program changed, and that the run processes again.
--   $1 name of the rule set   $2 the run
-- If the row in staging says that it was produced from the same raw row by the same rules, one of the two is wrong. The rejected
-- row is then marked for replay, and the result of this run decides.
-- A row that a foreign key or a trigger does not let go stays, and the run processes its raw row again.
-- Returns the number of deleted rows and the number of changed rows.
WITH found AS (
    SELECT f.job_id, f.is_ours, coalesce(s.rule_set = $1::text AND s.source_hash = j.source_hash, false) AS is_disputed
      FROM etl_foreign f JOIN :"staging".staging_jobs s ON s.job_id = f.job_id
      JOIN :"staging".etl_rejects j ON j.job_id = f.job_id JOIN :"raw" r ON r.job_id = f.job_id
     WHERE j.rule_set = $1::text AND j.source_hash = :fingerprint
), wrong AS (
    SELECT array_agg(job_id::text) AS keys FROM found WHERE NOT is_disputed
), gone AS (
    SELECT d.key, d.is_kept, f.is_ours, now() AS deleted_at
      FROM wrong, :"staging".delete_rejected(wrong.keys, $2::uuid) d JOIN found f ON f.job_id = d.key
     WHERE wrong.keys IS NOT NULL
), noted AS (
    UPDATE :"staging".etl_rejects j
       SET removed_at = CASE WHEN gone.is_kept OR gone.is_ours THEN j.removed_at ELSE gone.deleted_at END,
           rule_set = CASE WHEN gone.is_kept THEN 'kept_in_staging' ELSE j.rule_set END
      FROM gone WHERE j.job_id = gone.key
), disputed AS (
    UPDATE :"staging".etl_rejects j SET rule_set = 'replay' FROM found WHERE found.is_disputed AND j.job_id = found.job_id
)
SELECT (SELECT count(*) FROM gone WHERE NOT is_kept AND NOT is_ours),
       (SELECT count(*) FROM etl_foreign f JOIN :"raw" r ON r.job_id = f.job_id LEFT JOIN gone ON gone.key = f.job_id AND NOT gone.is_kept
         WHERE f.is_changed AND gone.key IS NULL)
