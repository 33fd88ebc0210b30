-- Reads facts for the choice of a plan: whether nothing was published or rejected yet, and the parts of the raw table: for each, the
-- partition, which is NULL for a plain table, and its number of blocks. No part is returned if ranges of blocks cannot be read. This
-- is so for a view, a foreign table, a table with children, and for partitions that the role may read only through their table.
--   $1 schema and $2 name of the raw table   :has_staging   the tables of staging exist
-- Returns a row for each part, or one row in which the facts of a part are NULL. The last fact is whether the database knows
-- distributed tables (Citus).
WITH raw AS (
    SELECT c.oid, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
), parts AS (
    SELECT CASE WHEN raw.relkind = 'p' THEN c.oid END AS partition,
           pg_relation_size(c.oid) / current_setting('block_size')::bigint AS blocks,
           c.relkind = 'r' AND a.amname = 'heap' AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = c.oid)
           -- Privileges and policies of a partition count only if it is read itself.
           AND (raw.relkind = 'r' OR has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid)) AS is_readable
      FROM raw
     CROSS JOIN LATERAL (SELECT raw.oid WHERE raw.relkind <> 'p'
                         UNION ALL
                         SELECT relid FROM pg_partition_tree(raw.oid) WHERE isleaf AND raw.relkind = 'p') AS leaf (oid)
      JOIN pg_class c ON c.oid = leaf.oid LEFT JOIN pg_am a ON a.oid = c.relam
)
SELECT is_first, p.partition, p.blocks, to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL
  FROM (SELECT
\if :has_staging
               NOT EXISTS (SELECT 1 FROM :"staging".staging_jobs) AND NOT EXISTS (SELECT 1 FROM :"staging".etl_rejects)
\else
               true
\endif
               AS is_first) f
  LEFT JOIN parts p ON (SELECT bool_and(coalesce(is_readable, false)) FROM parts)
 ORDER BY p.partition
