-- Deletes a row from staging that is also rejected, if the rejected version equals the raw row. Otherwise the row in staging
-- stays, and settle_rejects.sql deletes the rejected row. Only ranges of blocks can publish and reject the same row. They are
-- ranges of this run, or of a run that did not succeed.
--   $1 the run
DELETE FROM :"staging".staging_jobs s
 USING :"staging".etl_rejects j, :"raw" r
 WHERE s.job_id = j.job_id AND r.job_id = j.job_id AND j.source_hash = :fingerprint AND s.source_hash <> j.source_hash
   AND EXISTS (SELECT FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                WHERE b.first_block IS NOT NULL AND (b.run_id = $1::uuid OR x.state <> 'done'))
