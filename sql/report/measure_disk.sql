-- Reads whether the server runs on this machine, its data directory (NULL if the role may not read it), and the bytes of the
-- raw table with its indexes (NULL if there is no such table). A connection over TCP is local if both ends have the same
-- address; a connection over a Unix socket has no address.
--   $1 the raw table
SELECT inet_server_addr() IS NOT DISTINCT FROM inet_client_addr(),
       (SELECT setting FROM pg_settings WHERE name = 'data_directory'),
       -- A partitioned table itself has no bytes.
       coalesce((SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree(to_regclass($1)) WHERE isleaf),
                pg_total_relation_size(to_regclass($1)))
