-- Counts the published postings without facts, and the facts that other rules read.
--   $1 the digest of the rules
-- The postings without facts were published while the phase was not in the pipeline. The exact count is needed only if staging
-- has more rows than the table of facts, because the facts of old versions are deleted before.
SELECT CASE WHEN (SELECT count(*) FROM :"staging".staging_jobs) > f.facts
            THEN (SELECT count(*) FROM :"staging".staging_jobs s
                   WHERE NOT EXISTS (SELECT FROM :"staging".job_facts f WHERE f.job_id = s.job_id AND f.source_hash = s.source_hash))
            ELSE 0 END,
       f.older
  FROM (SELECT count(*) AS facts, count(*) FILTER (WHERE rules IS DISTINCT FROM $1) AS older FROM :"staging".job_facts) f
