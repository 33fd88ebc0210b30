-- Reads the staging row and the rejected row of one posting, and whether each was produced from the current raw row.
--   $1 key   $2 the fingerprint of the raw row, or NULL
SELECT to_jsonb(s), s.source_hash = $2::bigint, to_jsonb(j), j.source_hash = $2::bigint
  FROM (SELECT $1::text AS job_id) k
  LEFT JOIN :"staging".staging_jobs s ON s.job_id = k.job_id
  LEFT JOIN :"staging".etl_rejects  j ON j.job_id = k.job_id
