-- Stores the levels of a batch, and deletes levels of other versions of these rows. The level of the published version stays,
-- so a batch that fails later does not change the view.
--   $1 keys  $2 fingerprints  $3 levels
WITH read AS (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[]) AS r (job_id, source_hash, seniority)
), gone AS (
    DELETE FROM :"staging".job_seniority l
     USING read r
     WHERE l.job_id = r.job_id AND l.source_hash <> r.source_hash
       AND NOT EXISTS (SELECT FROM :"staging".staging_jobs s
                        WHERE s.job_id = l.job_id AND s.source_hash = l.source_hash)
)
INSERT INTO :"staging".job_seniority AS l
SELECT * FROM read
ON CONFLICT (job_id, source_hash) DO UPDATE SET seniority = EXCLUDED.seniority
 WHERE l.seniority IS DISTINCT FROM EXCLUDED.seniority
