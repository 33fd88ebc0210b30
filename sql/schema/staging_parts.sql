-- Lists the tables that store the rows of staging: its partitions, or the table itself. A part of drop_indexes.sql and
-- resume_autovacuum.sql, because a partitioned table has no storage options.
        SELECT coalesce(t.relid, s.oid)::regclass
          FROM (SELECT to_regclass($etl_name$:"staging".staging_jobs$etl_name$) AS oid) s
          LEFT JOIN LATERAL pg_partition_tree(s.oid) t ON true
         WHERE coalesce(t.isleaf, true)
