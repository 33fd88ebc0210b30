-- Lists the triggers of others on a table. Such a trigger may drop a row that is written.
--   $1 the table
SELECT tgname::text FROM pg_trigger
 WHERE tgrelid = to_regclass($1) AND NOT tgisinternal AND tgname NOT IN (:our_triggers) AND tgenabled IN ('O', 'A')
 ORDER BY tgname
