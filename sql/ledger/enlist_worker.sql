-- Writes that a process works on a run.
--   $1 the process   $2 the run   $3 the name of its connections   $4 host   $5 its number on the host
INSERT INTO :"staging".etl_workers (worker, run_id, name, host, pid, backend)
VALUES ($1, $2, $3, $4, $5, pg_backend_pid()) ON CONFLICT (worker) DO NOTHING
