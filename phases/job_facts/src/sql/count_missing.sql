-- Counts the published postings without facts, and the facts that other rules read.
--   $1 the digest of the rules
-- The postings without facts were published while the phase was not in the pipeline. The exact count is needed only if staging
-- has more rows than the table of facts, because the facts of old versions are deleted before.
SELECT CASE WHEN (SELECT count(*) FROM :"staging".staging_jobs) > f.facts
            THEN (SELECT count(*)
                    FROM :"staging".staging_jobs s
                    LEFT JOIN :"staging".job_facts j ON j.job_id = s.job_id AND j.source_hash = s.source_hash
                   WHERE j.job_id IS NULL)
            ELSE 0 END,
       f.older
  FROM (SELECT count(*) AS facts, count(*) FILTER (WHERE rules IS DISTINCT FROM $1) AS older FROM :"staging".job_facts) f
