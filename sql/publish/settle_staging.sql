-- Of a row that is in staging and rejected as well, staging is right unless the raw row is the rejected one.
-- Only a run whose batches are ranges of the raw table can have two of a row: this one, or one that did not end well.
--   $1 the run
DELETE FROM :"staging".staging_jobs s
 USING :"staging".etl_rejects j, :"raw" r
 WHERE s.job_id = j.job_id AND r.job_id = j.job_id AND j.source_hash = :fingerprint AND s.source_hash <> j.source_hash
   AND EXISTS (SELECT FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                WHERE b.first_block IS NOT NULL AND (b.run_id = $1::uuid OR x.state <> 'done'))
