-- Marks the rows of staging with a text that was cut because its column was too short, so that the run that makes the column TEXT
-- processes them again. A row without a rule set and without a run is processed again, and counts as the change of no program.
--   $1 the warnings of such rows
UPDATE :"staging".staging_jobs SET rule_set = NULL, run_id = NULL WHERE warnings && $1::text[]
