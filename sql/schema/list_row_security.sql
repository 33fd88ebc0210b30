-- Lists the tables whose rows row level security would hide from the current role.
--   $1 schema and $2 name of the raw table   $3 the staging schema
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p') AND ((n.nspname = $1 AND c.relname = $2) OR n.nspname = $3) AND row_security_active(c.oid)
 ORDER BY 1
