-- Lists the GRANT statements that an administrator must run, in order, because the current role lacks these privileges for
-- `import`. An import needs the staging schema only to store rejected records, so these privileges are listed if nothing else
-- is missing.
--   $1 schema and $2 name of the raw table   $3 the staging schema
WITH tables AS (
    SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND ((n.nspname = $1 AND c.relname = $2) OR (n.nspname = $3 AND c.relname = 'import_rejects'))
), needed AS (
    SELECT true AS is_raw, $1 AS nspname, $2 AS relname
    UNION ALL
    SELECT false, $3, 'import_rejects'
), lacking AS (
    SELECT is_raw, 1 AS step, format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user) AS statement
      FROM needed
     WHERE NOT is_raw AND to_regnamespace(quote_ident(nspname)) IS NULL AND NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    SELECT is_raw, 2, format('GRANT %s ON SCHEMA %I TO %I', string_agg(right_, ', ' ORDER BY right_ DESC), nspname, current_user)
      FROM needed JOIN pg_namespace s USING (nspname) CROSS JOIN unnest(ARRAY['USAGE', 'CREATE']) AS r (right_)
     WHERE NOT has_schema_privilege(s.oid, right_)
       -- Only a table that does not exist must be created.
       AND (right_ = 'USAGE' OR NOT EXISTS (SELECT 1 FROM tables WHERE (tables.nspname, tables.relname) = (needed.nspname, needed.relname)))
     GROUP BY is_raw, nspname
    UNION ALL
    SELECT is_raw, 3, format('GRANT %s ON %I.%I TO %I', string_agg(right_, ', ' ORDER BY n), nspname, relname, current_user)
      FROM needed JOIN tables USING (nspname, relname)
     CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) WITH ORDINALITY AS r (right_, n)
     WHERE NOT has_table_privilege(tables.oid, right_)
     GROUP BY is_raw, nspname, relname
)
SELECT statement FROM lacking
 WHERE is_raw OR NOT EXISTS (SELECT 1 FROM lacking WHERE is_raw)
 ORDER BY step, statement
