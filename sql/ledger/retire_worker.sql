-- Writes that a process has stopped working on its run.
--   $1 the process
UPDATE :"staging".etl_workers SET ended_at = clock_timestamp() WHERE worker = $1
