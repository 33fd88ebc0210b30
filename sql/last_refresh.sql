-- As of when time_remaining is true of all rows.
SELECT refreshed_as_of FROM :"staging".etl_plans WHERE refreshed_as_of IS NOT NULL ORDER BY planned_at DESC LIMIT 1
