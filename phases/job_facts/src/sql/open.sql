-- Records a run before it stores facts, and whether the table had no facts then. Facts of a batch are stored after it, so the
-- first batch of the run decides.
--   $1 the run
INSERT INTO :"staging".job_facts_open (run_id, is_first)
SELECT $1::uuid, NOT EXISTS (SELECT 1 FROM :"staging".job_facts)
ON CONFLICT DO NOTHING
