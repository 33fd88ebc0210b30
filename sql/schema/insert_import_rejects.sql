-- Stores the lines and records that an import could not load. A line that an earlier import stored is counted again.
--   $1 the file   $2 lines   $3 causes   $4 reasons   $5 contents   $6 digests of cause and content
--   $7 for each line, how many equal lines the file has up to it
INSERT INTO :"staging".import_rejects AS r (origin, line, cause, reason, content, digest, copy)
SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::int[])
ON CONFLICT (digest, copy) DO UPDATE
   SET origin = EXCLUDED.origin, line = EXCLUDED.line, reason = EXCLUDED.reason, last_seen_at = now(), times_seen = r.times_seen + 1
