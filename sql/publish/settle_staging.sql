-- Deletes a row from staging that is rejected as well, if the raw row is still the rejected one. Otherwise staging is right.
-- Only ranges can publish and reject one row: those of this run, or of one that did not end well.
--   $1 the run
DELETE FROM :"staging".staging_jobs s
 USING :"staging".etl_rejects j, :"raw" r
 WHERE s.job_id = j.job_id AND r.job_id = j.job_id AND j.source_hash = :fingerprint AND s.source_hash <> j.source_hash
   AND EXISTS (SELECT FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                WHERE b.first_block IS NOT NULL AND (b.run_id = $1::uuid OR x.state <> 'done'))
