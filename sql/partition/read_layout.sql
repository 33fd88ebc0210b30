-- Reads how staging stores its rows: the number of its partitions, or 1; whether it is a plain table or has partitions by hash of
-- job_id alone, one level deep; the estimated rows; the bytes with indexes; and whether the current role may change it. Returns no
-- row if the staging table does not exist.
SELECT count(*), c.relkind = 'r' OR pg_get_partkeydef(c.oid) = 'HASH (job_id)' AND bool_and(t.level = 1),
       coalesce(sum(greatest(l.reltuples, 0)), 0)::bigint, coalesce(sum(pg_total_relation_size(l.oid)), 0)::bigint,
       pg_has_role(c.relowner, 'USAGE')
  FROM pg_class c
 CROSS JOIN LATERAL (SELECT c.oid AS relid, 1 AS level WHERE c.relkind = 'r'
                     UNION ALL
                     SELECT relid, level FROM pg_partition_tree(c.oid) WHERE isleaf AND c.relkind = 'p') t
  JOIN pg_class l ON l.oid = t.relid
 WHERE c.oid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$)
 GROUP BY c.oid, c.relkind, c.relowner
