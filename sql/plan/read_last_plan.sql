-- Returns the run that filled the queue last, and whether its settings were the same. A fill does not count.
--   $1 settings   $2 settings that may differ
SELECT run_id, r.settings - $2::text[] = $1::jsonb - $2::text[] FROM :"staging".etl_plans p JOIN :"staging".etl_runs r USING (run_id)
 WHERE r.fills IS NULL ORDER BY p.planned_at DESC LIMIT 1
