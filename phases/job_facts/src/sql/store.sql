-- Stores the facts of a batch, some of which may be stored already. A row whose facts are the same is not written.
--   $1 the run   $2 keys   $3 fingerprints   $4 to $11 the facts, in the order of the table   $12 the digest of the rules
INSERT INTO :"staging".job_facts AS f (job_id, source_hash, experience_min, experience_max, level, work_mode, employment_type,
                                       languages, skills_normalized, posting_key, first_seen_job_id, run_id, rules)
SELECT r.job_id, r.source_hash, r.experience_min::numeric, r.experience_max::numeric, r.level, r.work_mode, r.employment_type,
       r.languages::text[], r.skills::text[], r.posting_key, r.job_id, $1::uuid, $12
  FROM unnest($2::text[], $3::bigint[], $4::float8[], $5::float8[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
              $11::bigint[])
    AS r (job_id, source_hash, experience_min, experience_max, level, work_mode, employment_type, languages, skills, posting_key)
ON CONFLICT (job_id, source_hash) DO UPDATE
   SET experience_min = EXCLUDED.experience_min, experience_max = EXCLUDED.experience_max, level = EXCLUDED.level,
       work_mode = EXCLUDED.work_mode, employment_type = EXCLUDED.employment_type, languages = EXCLUDED.languages,
       skills_normalized = EXCLUDED.skills_normalized, posting_key = EXCLUDED.posting_key, run_id = EXCLUDED.run_id,
       rules = EXCLUDED.rules,
       first_seen_job_id = CASE WHEN f.posting_key = EXCLUDED.posting_key THEN f.first_seen_job_id ELSE EXCLUDED.job_id END
 WHERE (f.experience_min, f.experience_max, f.level, f.work_mode, f.employment_type, f.languages, f.skills_normalized, f.posting_key,
        f.rules)
       IS DISTINCT FROM (EXCLUDED.experience_min, EXCLUDED.experience_max, EXCLUDED.level, EXCLUDED.work_mode,
                         EXCLUDED.employment_type, EXCLUDED.languages, EXCLUDED.skills_normalized, EXCLUDED.posting_key, EXCLUDED.rules)
