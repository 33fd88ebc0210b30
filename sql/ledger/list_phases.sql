-- Lists the phases of all attempts of a run.
--   $1 the run
SELECT attempt, phase, state, why, results FROM :"staging".etl_phases WHERE run_id = $1 ORDER BY attempt, seq
