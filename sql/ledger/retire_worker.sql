-- Writes that a process does not work any more.
--   $1 the process
UPDATE :"staging".etl_workers SET ended_at = clock_timestamp() WHERE worker = $1
