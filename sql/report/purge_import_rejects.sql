-- Removes lines and records that imports could not load.
--   $1 the file; NULL means every file   $2 the days since an import last saw the line; NULL means no limit
DELETE FROM :"staging".import_rejects r
 WHERE ($1::text IS NULL OR origin = $1)
   AND ($2::int IS NULL
        OR coalesce((to_jsonb(r)->>'last_seen_at')::timestamptz, imported_at) < now() - make_interval(days => $2))
