-- Describes the partitioned tables among the raw table and staging: name, key of the partitions, number of partitions that store rows.
--   $1 the raw table   $2 the staging table
SELECT c.relname::text, pg_get_partkeydef(c.oid), (SELECT count(*) FROM pg_partition_tree(c.oid) WHERE isleaf)
  FROM unnest(ARRAY[$1::text, $2::text]) WITH ORDINALITY AS t (name, n)
  JOIN pg_class c ON c.oid = to_regclass(t.name) AND c.relkind = 'p'
 ORDER BY t.n
