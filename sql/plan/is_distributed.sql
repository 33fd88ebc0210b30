-- Whether the rows of one of the tables are on other servers. In pg_class, a distributed table looks like a plain one. Executed only if
-- the database has the catalog of distributed tables.
--   $1 the quoted names of the tables
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_dist_partition d, unnest($1::text[]) AS t (name)
                WHERE d.logicalrelid::oid = to_regclass(t.name))
