-- Reads two facts for the choice of a plan: whether nothing was published or rejected yet, and the number of blocks of the raw
-- table. The number is NULL for a view, a partitioned table and a foreign table, because they have no ranges of blocks.
--   $1 schema and $2 name of the raw table   :has_staging   the tables of staging exist
SELECT
\if :has_staging
       NOT EXISTS (SELECT FROM :"staging".staging_jobs) AND NOT EXISTS (SELECT FROM :"staging".etl_rejects),
\else
       true,
\endif
       (SELECT pg_relation_size(c.oid) / current_setting('block_size')::bigint
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam
         WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r' AND a.amname = 'heap'
           AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid))
