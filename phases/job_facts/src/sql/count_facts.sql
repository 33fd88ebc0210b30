-- Counts the stored facts.
SELECT count(*) FROM :"staging".job_facts
