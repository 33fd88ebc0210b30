-- Where one posting stands: the staging row and the reject, each with whether its raw row is the same since.
--   $1 key   $2 the raw row's fingerprint, or NULL
SELECT to_jsonb(s), s.source_hash = $2::bigint, to_jsonb(j), j.source_hash = $2::bigint
  FROM (SELECT $1::text AS job_id) k
  LEFT JOIN :"staging".staging_jobs s ON s.job_id = k.job_id
  LEFT JOIN :"staging".etl_rejects  j ON j.job_id = k.job_id
