-- Lists the partitions of staging that store rows: the quoted name, and the name of the table alone. Returns no row if staging is a
-- plain table.
--   $1 the staging table
SELECT format('%I.%I', n.nspname, c.relname), c.relname::text
  FROM pg_class root JOIN LATERAL pg_partition_tree(root.oid) t ON t.isleaf
  JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE root.oid = to_regclass($1) AND root.relkind = 'p' AND c.relkind = 'r'
 ORDER BY 1
