-- Removes lines and records that imports could not load.
--   $1 only those of this file, or NULL   $2 only those that no import has seen for so many days, or NULL
DELETE FROM :"staging".import_rejects r
 WHERE ($1::text IS NULL OR origin = $1)
   AND ($2::int IS NULL
        OR coalesce((to_jsonb(r)->>'last_seen_at')::timestamptz, imported_at) < now() - make_interval(days => $2))
