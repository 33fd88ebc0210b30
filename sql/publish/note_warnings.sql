-- Writes what warnings the rows of a batch carry, in the transaction that publishes and closes it.
--   $1 the run   $2 the batch   $3 {field: {kind: rows}}
UPDATE :"staging".etl_batches SET warnings = $3::jsonb WHERE run_id = $1::uuid AND batch_no = $2::bigint
