-- Deletes a rejected row that is also in staging, after settle_staging.sql has deleted the wrong rows of staging.
--   $1 the run
DELETE FROM :"staging".etl_rejects j
 WHERE EXISTS (SELECT 1 FROM :"staging".staging_jobs s WHERE s.job_id = j.job_id)
   AND j.rule_set <> 'kept_in_staging'
   AND EXISTS (SELECT 1 FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                WHERE b.first_block IS NOT NULL AND (b.run_id = $1::uuid OR x.state <> 'done'))
