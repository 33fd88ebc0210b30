-- Lists the derived columns of staging that an older version created with a limited length: name, the objects of other users that
-- prevent a change of the type, and whether the current role may change it.
SELECT a.attname::text AS name,
       ARRAY(SELECT DISTINCT CASE WHEN v.oid IS NULL THEN pg_describe_object(d.classid, d.objid, d.objsubid)
                                  ELSE CASE v.relkind WHEN 'm' THEN 'materialized view ' WHEN 'v' THEN 'view ' ELSE 'a rule of table ' END
                                       || v.oid::regclass::text END
               FROM pg_depend d
               LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
               LEFT JOIN pg_class v ON v.oid = w.ev_class
               LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
              WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
                -- Indexes and statistics follow the type. We create our own triggers again.
                AND d.classid NOT IN ('pg_class'::regclass, 'pg_statistic_ext'::regclass, 'pg_constraint'::regclass)
                AND coalesce(t.tgname, '') NOT IN (:our_triggers)
              ORDER BY 1) AS users,
       pg_has_role(c.relowner, 'USAGE') AS ours
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
 WHERE a.attrelid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$) AND NOT a.attisdropped
   AND a.atttypid = 'varchar'::regtype AND a.attname IN (:{'facts'})
 ORDER BY a.attnum
