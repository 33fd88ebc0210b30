-- Puts the batches that this process claimed and will not finish back into the queue.
--   $1 the run   $2 this process
UPDATE :"staging".etl_batches SET state = 'queued', worker = NULL, claimed_by = NULL, claimed_at = NULL
 WHERE run_id = $1 AND worker = $2 AND state = 'claimed'
