-- Returns the error of the first batch that failed, for the processes that did not fail themselves.
--   $1 the run
SELECT batch_no, coalesce(error_code, ''), coalesce(message, '') FROM :"staging".etl_batches
 WHERE run_id = $1 AND state = 'failed' ORDER BY batch_no LIMIT 1
