-- Returns the run that filled the queue last, and whether its settings were the same.
--   $1 settings
SELECT run_id, r.settings = $1 FROM :"staging".etl_plans p JOIN :"staging".etl_runs r USING (run_id)
 ORDER BY p.planned_at DESC LIMIT 1
