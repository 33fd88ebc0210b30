-- Prevents a takeover of the run until this transaction ends. Returns no row if another run has taken over already.
--   $1 the run
SELECT 1 FROM :"staging".etl_runs WHERE run_id = $1::uuid AND state = 'running' FOR SHARE
