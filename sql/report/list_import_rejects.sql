-- Lists the lines and records that imports could not load, the last one first. The table of an earlier version has fewer
-- columns; the missing ones are NULL.
--   $1 only this cause, or NULL   $2 only this file, or NULL   $3 most rows
SELECT j - 'origin' - 'digest' - 'copy' || jsonb_build_object('file', j->'origin')
  FROM :"staging".import_rejects r CROSS JOIN LATERAL to_jsonb(r) AS j
 WHERE ($1::text IS NULL OR j->>'cause' = $1) AND ($2::text IS NULL OR r.origin = $2)
 ORDER BY coalesce((j->>'last_seen_at')::timestamptz, r.imported_at) DESC, r.id DESC
 LIMIT $3
