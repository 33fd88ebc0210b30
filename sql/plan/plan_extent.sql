-- How the work may be planned: whether nothing was published or rejected yet, and the blocks of the raw table; NULL
-- where it is no plain table of this server (a view, partitions, a foreign table), which has no ranges of blocks.
--   $1 schema and $2 name of the raw table
SELECT NOT EXISTS (SELECT FROM :"staging".staging_jobs) AND NOT EXISTS (SELECT FROM :"staging".etl_rejects),
       (SELECT pg_relation_size(c.oid) / current_setting('block_size')::bigint
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am a ON a.oid = c.relam
         WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r' AND a.amname = 'heap'
           AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid))
