-- Marks the rows of staging with a text that was cut because its column was too short, so that the run that makes the column TEXT
-- processes them again. A row without a rule set and without a run is processed again, and does not count as a change by another program.
-- The warning of such a row ends with `_cut`.
UPDATE :"staging".staging_jobs s SET rule_set = NULL, run_id = NULL
 WHERE EXISTS (SELECT 1 FROM unnest(s.warnings) AS w (word) WHERE w.word LIKE '%\_cut')
