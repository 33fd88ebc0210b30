-- Records a run before it stores facts.
--   $1 the run
INSERT INTO :"staging".job_facts_open VALUES ($1::uuid) ON CONFLICT DO NOTHING
