-- Lists the statements that turn staging into a table with partitions by hash of job_id, or into a plain table, in order. Nothing is
-- changed. Steps: 1 create the new table, 2 copy the rows, 3 create the indexes, 4 put the new table in the place of the old one,
-- 5 afterwards.
--   $1 number of partitions; 1: a plain table
-- Returns step and statement.
WITH old AS MATERIALIZED (
    SELECT c.*, n.nspname, format('%I', n.nspname) AS schema, format('%I.staging_jobs', n.nspname) AS name,
           format('%I.staging_jobs_new', n.nspname) AS new,
           (SELECT s.reloptions FROM pg_partition_tree(c.oid) t JOIN pg_class s ON s.oid = t.relid WHERE t.isleaf ORDER BY s.oid LIMIT 1) AS leaf_options
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$)
), stored AS MATERIALIZED (
    -- The tables that will store the rows, each with its number.
    SELECT n, CASE WHEN $1::int = 1 THEN o.new ELSE format('%s.%I', o.schema, format('staging_jobs_%s_of_%s', n, $1::int)) END AS name
      FROM old o CROSS JOIN generate_series(0, $1::int - 1) AS n
), created AS (
    -- The tables that the conversion creates, under their names after it.
    SELECT o.name FROM old o UNION SELECT s.name FROM stored s WHERE $1::int > 1
), columns AS (
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS list
      FROM old o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
), indexes AS (
    SELECT i.indexrelid, x.relname, i.indisunique, substr(d.text, position(' USING ' IN d.text) + 1) AS definition,
           left(x.relname, 59) || '_new' AS new
      FROM old o JOIN pg_index i ON i.indrelid = o.oid AND i.indisvalid AND NOT i.indisprimary
      JOIN pg_class x ON x.oid = i.indexrelid CROSS JOIN LATERAL (SELECT pg_get_indexdef(i.indexrelid) AS text) d
), statements (step, part, n, statement) AS (
    SELECT 1, 1, 0, format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES)%s', o.new, o.name,
                           CASE WHEN $1::int > 1 THEN ' PARTITION BY HASH (job_id)' END) FROM old o
    UNION ALL
    SELECT 1, 2, s.n, format('CREATE TABLE %s PARTITION OF %s FOR VALUES WITH (MODULUS %s, REMAINDER %s)', s.name, o.new, $1::int, s.n)
      FROM old o, stored s WHERE $1::int > 1
    UNION ALL
    SELECT 1, 3, s.n, format('ALTER TABLE %s SET (%s)', s.name, array_to_string(coalesce(o.reloptions, o.leaf_options), ', '))
      FROM old o, stored s WHERE coalesce(o.reloptions, o.leaf_options) IS NOT NULL
    UNION ALL
    SELECT 2, 1, 0, format('INSERT INTO %s (%s) SELECT %2$s FROM %3$s', o.new, c.list, o.name) FROM old o, columns c
    UNION ALL
    SELECT 3, 1, 0, format('ALTER TABLE %s ADD CONSTRAINT staging_jobs_new_key PRIMARY KEY (job_id)', o.new) FROM old o
    UNION ALL
    SELECT 3, 2, row_number() OVER (ORDER BY i.indexrelid),
           format('CREATE %sINDEX %I ON %s %s', CASE WHEN i.indisunique THEN 'UNIQUE ' END, i.new, o.new, i.definition) FROM old o, indexes i
    UNION ALL
    SELECT 4, 1, 0, format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', o.name) FROM old o
    UNION ALL
    SELECT 4, 2, 0, format('ALTER TABLE %s RENAME TO staging_jobs_old', o.name) FROM old o
    UNION ALL
    SELECT 4, 3, 0, format('ALTER TABLE %s RENAME TO staging_jobs', o.new) FROM old o
    UNION ALL
    SELECT 4, 4, row_number() OVER (ORDER BY v.oid),
           format('CREATE OR REPLACE VIEW %I.%I%s AS %s', n.nspname, v.relname,
                  ' WITH (' || array_to_string(v.reloptions, ', ') || ')', rtrim(pg_get_viewdef(v.oid), ';'))
      FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace
     WHERE v.relkind = 'v'
       AND v.oid IN (SELECT w.ev_class FROM old o JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid
                       JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid)
    UNION ALL
    SELECT 4, 5, row_number() OVER (ORDER BY t.oid), pg_get_triggerdef(t.oid)
      FROM old o JOIN pg_trigger t ON t.tgrelid = o.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT 4, 6, row_number() OVER (ORDER BY t.oid),
           format('ALTER TABLE %s %s TRIGGER %I', o.name,
                  CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname)
      FROM old o JOIN pg_trigger t ON t.tgrelid = o.oid AND NOT t.tgisinternal AND t.tgenabled <> 'O'
    UNION ALL
    SELECT 4, 7, row_number() OVER (ORDER BY a.grantee, a.privilege_type),
           format('GRANT %s ON %s TO %s%s', a.privilege_type, o.name,
                  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                  CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
      FROM old o CROSS JOIN LATERAL aclexplode(o.relacl) a WHERE a.grantee <> o.relowner
    UNION ALL
    SELECT 4, 8, 0, format('COMMENT ON TABLE %s IS %L', o.name, obj_description(o.oid, 'pg_class')) FROM old o
    UNION ALL
    SELECT 4, 9, 0, format('ALTER TABLE %s REPLICA IDENTITY FULL', c.name) FROM old o, created c WHERE o.relreplident = 'f'
    UNION ALL
    SELECT 4, 10, 0, format('ALTER TABLE %s OWNER TO %I', c.name, pg_get_userbyid(o.relowner))
      FROM old o, created c WHERE pg_get_userbyid(o.relowner) <> current_user
    UNION ALL
    SELECT 4, 11, 0, format('DROP TABLE %s.staging_jobs_old', o.schema) FROM old o
    UNION ALL
    SELECT 4, 12, 0, format('ALTER INDEX %s.staging_jobs_new_key RENAME TO staging_jobs_pkey', o.schema) FROM old o
    UNION ALL
    SELECT 4, 13, 0, format('ALTER INDEX %s.%I RENAME TO %I', o.schema, i.new, i.relname) FROM old o, indexes i
    UNION ALL
    SELECT 5, 1, 0, format('ANALYZE %s', o.name) FROM old o
)
SELECT step, statement FROM statements ORDER BY step, part, n, statement
