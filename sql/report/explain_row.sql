-- Reads the raw row of one posting and its fingerprint.
--   $1 key
SELECT to_jsonb(r), :fingerprint FROM :"raw" r WHERE r.job_id = $1::text
