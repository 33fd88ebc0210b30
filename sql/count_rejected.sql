-- Adds to the run's rejected rows; whoever rejects rows of the same run meanwhile waits, so that the sum is exact.
--   $1 the run   $2 rows
UPDATE :"staging".etl_plans SET rejected = rejected + $2::bigint WHERE run_id = $1::uuid RETURNING rejected
