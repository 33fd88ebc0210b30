-- Returns whether neither facts nor postings are stored yet.
SELECT NOT EXISTS (SELECT 1 FROM :"staging".job_facts) AND NOT EXISTS (SELECT 1 FROM :"staging".staging_jobs)
