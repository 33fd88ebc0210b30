-- Lists what prevents a conversion of staging: objects of others that would be lost or that would refer to the old table. The
-- statements of plan_conversion.sql create views, triggers, indexes, grants and comments again, so these are not in the list.
--   $1 number of partitions; 1: a plain table
-- Returns a description of each.
WITH old AS MATERIALIZED (
    SELECT c.* FROM pg_class c WHERE c.oid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$)
), dependents AS (
    SELECT DISTINCT d.classid, coalesce(v.oid, d.objid) AS objid, d.objsubid, v.relkind AS kind, v.oid AS view
      FROM old o JOIN pg_depend d ON (d.refclassid = 'pg_class'::regclass AND d.refobjid = o.oid)
                                  OR (d.refclassid = 'pg_type'::regclass AND d.refobjid = o.reltype)
      LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
      LEFT JOIN pg_class v ON v.oid = w.ev_class
     WHERE d.deptype <> 'i'
)
SELECT described FROM (
    SELECT 'materialized view ' || d.view::regclass AS described FROM dependents d WHERE d.kind = 'm'
    UNION ALL
    SELECT 'a rule of table ' || d.view::regclass FROM dependents d WHERE d.kind NOT IN ('v', 'm')
    UNION ALL
    SELECT pg_describe_object(d.classid, d.objid, 0) FROM dependents d
     WHERE d.classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_policy'::regclass)
    UNION ALL
    SELECT format('foreign key %s of table %s', c.conname, c.conrelid::regclass)
      FROM old o JOIN pg_constraint c ON c.contype = 'f' AND (c.confrelid = o.oid OR c.conrelid = o.oid) AND c.conparentid = 0
    UNION ALL
    SELECT format('unique index %s', i.indexrelid::regclass)
      FROM old o JOIN pg_index i ON i.indrelid = o.oid AND NOT i.indisprimary
     WHERE i.indisexclusion OR EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype = 'u')
           OR i.indisunique AND $1::int > 1
    UNION ALL
    SELECT format('identity column %s', a.attname)
      FROM old o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attidentity <> '' AND NOT a.attisdropped WHERE $1::int > 1
    UNION ALL
    SELECT format('privileges on the column %s', a.attname)
      FROM old o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'row level security' FROM old WHERE relrowsecurity
    UNION ALL
    -- A subscriber would get the rows of a table that it does not have.
    SELECT DISTINCT format('publication %s', p.pubname)
      FROM old o CROSS JOIN LATERAL (SELECT o.oid AS relid UNION SELECT t.relid FROM pg_partition_tree(o.oid) t) t
      JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_publication_tables p ON p.schemaname = n.nspname AND p.tablename = c.relname
    UNION ALL
    SELECT format('tablespace %s', s.spcname) FROM old o JOIN pg_tablespace s ON s.oid = o.reltablespace
    UNION ALL
    SELECT 'replica identity by an index' FROM old WHERE relreplident IN ('i', 'n')
    UNION ALL
    SELECT 'child table ' || i.inhrelid::regclass FROM old o JOIN pg_inherits i ON i.inhparent = o.oid WHERE o.relkind = 'r'
    UNION ALL
    SELECT format('trigger %s of the partition %s', t.tgname, t.tgrelid::regclass)
      FROM old o CROSS JOIN LATERAL pg_partition_tree(o.oid) p
      JOIN pg_trigger t ON t.tgrelid = p.relid AND t.tgparentid = 0 AND NOT t.tgisinternal WHERE p.relid <> o.oid
) AS blockers
 ORDER BY 1
