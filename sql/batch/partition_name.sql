-- Names the partition of a batch `b` that is a range of its blocks, as a part of claim_batch.sql and lock_batch.sql. NULL if the batch
-- is a range of a plain table, or if the raw table does not have the partition any more.
CASE WHEN b.partition IS NOT NULL THEN (
           SELECT format('%I.%I', n.nspname, c.relname)
             FROM pg_partition_tree(to_regclass($etl_name$:"raw"$etl_name$)) t
             JOIN pg_class c ON c.oid = t.relid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE t.relid = b.partition) END
