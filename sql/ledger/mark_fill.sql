-- Writes which phase a run fills. The entry of any other run has no such phase.
--   $1 the run   $2 the phase
UPDATE :"staging".etl_runs SET fills = $2 WHERE run_id = $1
