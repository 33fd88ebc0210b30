-- Lists the phases that are done in some attempt of a run, and the first such attempt.
--   $1 the run
SELECT phase, min(attempt) FROM :"staging".etl_phases WHERE run_id = $1 AND state = 'done' GROUP BY phase
