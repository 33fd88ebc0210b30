-- Puts the batches that the previous attempt did not finish back into the queue. Batches that this process resumes from a
-- spill file are claimed at once instead.
--   $1 the run   $2 batches with a spill file   $3 this process   $4 the claimant of those batches
UPDATE :"staging".etl_batches
   SET state = CASE WHEN batch_no = ANY($2) THEN 'claimed' ELSE 'queued' END,
       worker = CASE WHEN batch_no = ANY($2) THEN $3::uuid END,
       claimed_by = CASE WHEN batch_no = ANY($2) THEN $4::text END,
       claimed_at = CASE WHEN batch_no = ANY($2) THEN clock_timestamp() END,
       failed_phase = NULL, error_code = NULL, message = NULL, spilled_to = NULL
 WHERE run_id = $1 AND state IN ('claimed', 'failed')
