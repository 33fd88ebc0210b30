-- Whether the rows of the raw table are on other servers. In pg_class, a distributed table looks like a plain one. Executed only if
-- the database has the catalog of distributed tables.
--   $1 schema and $2 name of the raw table
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_dist_partition
                WHERE logicalrelid::oid = to_regclass(format('%I.%I', $1::text, $2::text)))
