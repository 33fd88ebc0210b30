-- One posting: its raw row, and that row's fingerprint.
--   $1 key
SELECT to_jsonb(r), :fingerprint FROM :"raw" r WHERE r.job_id = $1::text
