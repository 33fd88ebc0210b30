-- Stores the lines and records that an import could not load.
--   $1 the file   $2 lines   $3 reasons   $4 contents
INSERT INTO :"staging".import_rejects (origin, line, reason, content)
SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[])
