-- Lists the GRANT statements that an administrator must run, in order, because the current role lacks these privileges.
--   $1 schema and $2 name of the raw table   $3 the staging schema
WITH tables AS (
    SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v') AND NOT (c.relispartition AND n.nspname = $3)
       -- The privileges on a partitioned table are enough.
       AND ((n.nspname = $1 AND c.relname = $2) OR n.nspname = $3)
), lacking AS (
    SELECT 1 AS step, format('GRANT USAGE ON SCHEMA %I TO %I', nspname, current_user) AS statement
      FROM pg_namespace WHERE nspname IN ($1, $3) AND NOT has_schema_privilege(oid, 'USAGE')
    UNION ALL
    SELECT 2, format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user)
     WHERE NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $3)
       AND NOT has_database_privilege(current_database(), 'CREATE')
    UNION ALL
    SELECT 2, format('GRANT CREATE ON SCHEMA %I TO %I', nspname, current_user)
      FROM pg_namespace
     WHERE nspname = $3 AND NOT has_schema_privilege(oid, 'CREATE')
       AND NOT EXISTS (SELECT 1 FROM tables WHERE tables.nspname = $3 AND relname = 'etl_scripts')
    UNION ALL
    SELECT 2, format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), current_user)
     WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
    UNION ALL
    SELECT 3, format('GRANT SELECT ON %I.%I TO %I', nspname, relname, current_user)
      FROM tables WHERE nspname = $1 AND relname = $2 AND NOT has_table_privilege(oid, 'SELECT')
    UNION ALL
    SELECT 4, format('GRANT %s ON %I.%I TO %I', string_agg(right_, ', '), nspname, relname, current_user)
      FROM tables
     CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS r (right_)
     WHERE nspname = $3 AND (right_ <> 'TRUNCATE' OR relname = 'etl_work') AND NOT has_table_privilege(oid, right_)
     GROUP BY nspname, relname
    UNION ALL
    SELECT 5, format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA %I TO %I', $3, current_user)
     WHERE EXISTS (SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                    WHERE n.nspname = $3 AND NOT has_function_privilege(p.oid, 'EXECUTE'))
)
SELECT statement FROM lacking ORDER BY step, statement
