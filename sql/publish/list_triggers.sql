-- Lists the triggers of others on the staging table. Such a trigger may drop a row that is written.
--   $1 the staging table   $2 the triggers of this pipeline
SELECT tgname::text FROM pg_trigger
 WHERE tgrelid = to_regclass($1) AND NOT tgisinternal AND tgname <> ALL($2::text[]) AND tgenabled IN ('O', 'A')
 ORDER BY tgname
