-- Writes the warnings of a batch, in the transaction that publishes and closes it.
--   $1 the run   $2 the batch   $3 {field: {warning: rows}}
UPDATE :"staging".etl_batches SET warnings = $3::jsonb WHERE run_id = $1::uuid AND batch_no = $2::bigint
