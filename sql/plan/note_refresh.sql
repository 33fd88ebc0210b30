-- Records the moment for which time_remaining is now correct in all rows of staging.
--   $1 the run   $2 the moment
UPDATE :"staging".etl_plans SET refreshed_as_of = $2 WHERE run_id = $1
