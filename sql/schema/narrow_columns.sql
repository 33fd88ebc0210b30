-- Lists the derived columns of staging that an older version created with a limited length: name, the objects of other users that
-- prevent a change of the type, whether the current role may change it, the length, and the views that must be dropped before, in
-- this order, if nothing but views prevents it: the names, and the statements that drop them.
SELECT a.attname::text AS name, u.users, pg_has_role(c.relowner, 'USAGE') AS ours, nullif(a.atttypmod, -1) - 4 AS length,
       CASE WHEN u.only_views THEN v.names END AS views, CASE WHEN u.only_views THEN v.drops END AS drops
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
 CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(DISTINCT o.described ORDER BY o.described), '{}') AS users, coalesce(bool_and(o.is_view), false) AS only_views
         FROM (SELECT coalesce(v.relkind IN ('v', 'm'), false) AS is_view,
                      CASE WHEN v.oid IS NULL THEN pg_describe_object(d.classid, d.objid, d.objsubid)
                           ELSE CASE v.relkind WHEN 'm' THEN 'materialized view ' WHEN 'v' THEN 'view ' ELSE 'a rule of table ' END
                                || v.oid::regclass::text END AS described
                 FROM pg_depend d
                 LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
                 LEFT JOIN pg_class v ON v.oid = w.ev_class
                 LEFT JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
                WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
                  -- Indexes and statistics follow the type. We create our own triggers again.
                  AND d.classid NOT IN ('pg_class'::regclass, 'pg_statistic_ext'::regclass, 'pg_constraint'::regclass)
                  AND coalesce(t.tgname, '') NOT IN (:our_triggers)) o
       ) u
 CROSS JOIN LATERAL (
       -- The views of the column, and the views of these views, which must be dropped first.
       WITH RECURSIVE dependent AS (
           SELECT w.ev_class AS oid, 1 AS depth
             FROM pg_depend d JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
            WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
           UNION
           SELECT w.ev_class, p.depth + 1
             FROM dependent p
             JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = p.oid AND d.classid = 'pg_rewrite'::regclass
             JOIN pg_rewrite w ON w.oid = d.objid
            WHERE w.ev_class <> p.oid
       )
       SELECT array_agg(w.name ORDER BY w.depth DESC, w.name) AS names, array_agg(w.kind || w.name ORDER BY w.depth DESC, w.name) AS drops
         FROM (SELECT format('%I.%I', n.nspname, k.relname) AS name, max(p.depth) AS depth,
                      CASE k.relkind WHEN 'm' THEN 'DROP MATERIALIZED VIEW ' ELSE 'DROP VIEW ' END AS kind
                 FROM dependent p JOIN pg_class k ON k.oid = p.oid JOIN pg_namespace n ON n.oid = k.relnamespace
                GROUP BY 1, 3) w
       ) v
 WHERE a.attrelid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$) AND NOT a.attisdropped
   AND a.atttypid = 'varchar'::regtype AND a.attname IN (:{'facts'})
 ORDER BY a.attnum
