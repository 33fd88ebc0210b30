-- Returns whether the table has only facts that the open runs stored, as after a first load. Usually the first row that is read
-- is of another run.
SELECT NOT EXISTS (SELECT 1 FROM :"staging".job_facts f WHERE f.run_id NOT IN (SELECT run_id FROM :"staging".job_facts_open))
