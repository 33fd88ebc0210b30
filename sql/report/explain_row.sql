-- Reads the raw row of one posting and its fingerprint. The texts are as a run reads them: the type `character` without its
-- trailing blanks.
--   $1 key
SELECT to_jsonb(r) || jsonb_build_object(:{'raw_text', r.raw_text::text}), :fingerprint FROM :"raw" r WHERE r.job_id = $1::text
