-- Lists the batches that a claimant has claimed. A claimant is a lane of this process, or its retry of spilled batches.
--   $1 the run   $2 this process   $3 the claimant
SELECT batch_no FROM :"staging".etl_batches
 WHERE run_id = $1 AND state = 'claimed' AND worker = $2 AND claimed_by = $3
