-- Stores the facts of a batch whose rows the table does not have. COPY costs half as much as store.sql. If the table has one of
-- the keys, PostgreSQL refuses the batch, and store.sql stores it.
COPY :"staging".job_facts (job_id, source_hash, experience_min, experience_max, level, work_mode, employment_type, languages,
                           skills_normalized, posting_key, first_seen_job_id, run_id, rules) FROM STDIN (FORMAT binary)
