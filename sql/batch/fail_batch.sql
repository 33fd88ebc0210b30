-- Writes that a batch failed for good, and where its spill file is.
--   $1 the run   $2 the batch   $3 this process   $4 phase   $5 error code   $6 message   $7 host and file, or NULL
UPDATE :"staging".etl_batches
   SET state = 'failed', failed_phase = $4, error_code = $5, message = $6, spilled_to = $7
 WHERE run_id = $1 AND batch_no = $2 AND worker = $3 AND state = 'claimed'
