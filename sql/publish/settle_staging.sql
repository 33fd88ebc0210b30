-- Deletes a row from staging that is also rejected, if the rejected version equals the raw row. Otherwise the row in staging
-- stays, and settle_rejects.sql deletes the rejected row. Only ranges of blocks can publish and reject the same row. They are
-- ranges of this run, or of a run that did not succeed. A row that a foreign key or a trigger does not let go stays.
--   $1 the run
WITH wrong AS (
    SELECT array_agg(s.job_id::text) AS keys
      FROM :"staging".staging_jobs s JOIN :"staging".etl_rejects j ON j.job_id = s.job_id JOIN :"raw" r ON r.job_id = j.job_id
     WHERE j.rule_set <> 'kept_in_staging' AND j.source_hash = :fingerprint AND s.source_hash <> j.source_hash
       AND EXISTS (SELECT 1 FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                    WHERE b.first_block IS NOT NULL AND (b.run_id = $1::uuid OR x.state <> 'done'))
), gone AS (
    SELECT d.key, d.is_kept FROM wrong, :"staging".delete_rejected(wrong.keys, $1::uuid) d WHERE wrong.keys IS NOT NULL
)
UPDATE :"staging".etl_rejects j SET rule_set = 'kept_in_staging' FROM gone WHERE gone.is_kept AND j.job_id = gone.key
