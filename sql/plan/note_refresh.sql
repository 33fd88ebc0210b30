-- Writes as of when time_remaining is true of all rows.
--   $1 the run   $2 the moment
UPDATE :"staging".etl_plans SET refreshed_as_of = $2 WHERE run_id = $1
