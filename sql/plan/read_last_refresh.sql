-- Reads the moment for which time_remaining was correct in all rows, and the earliest clock of the runs since that moment.
--   $1 the run
SELECT p.refreshed_as_of,
       least(p.refreshed_as_of, (SELECT min(r.as_of) FROM :"staging".etl_runs r
                                  WHERE r.started_at > p.planned_at AND r.run_id <> $1::uuid))
  FROM :"staging".etl_plans p WHERE p.refreshed_as_of IS NOT NULL ORDER BY p.planned_at DESC LIMIT 1
