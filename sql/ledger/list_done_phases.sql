-- Lists the phases of a run that are done, each with the first attempt in which it was done.
--   $1 the run
SELECT phase, min(attempt) FROM :"staging".etl_phases WHERE run_id = $1 AND state = 'done' GROUP BY phase
