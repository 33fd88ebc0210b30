-- Keeps the run from being taken over until this transaction ends; no row where it was already.
--   $1 the run
SELECT 1 FROM :"staging".etl_runs WHERE run_id = $1::uuid AND state = 'running' FOR SHARE
