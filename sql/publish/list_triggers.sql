-- Lists the triggers of others on a table and on its partitions. Such a trigger may drop a row that is written.
--   $1 the table
SELECT tgname::text FROM pg_trigger
 WHERE (tgrelid = to_regclass($1)
        -- The trigger of a partitioned table is a trigger of each partition as well.
        OR tgparentid = 0 AND tgrelid IN (SELECT relid FROM pg_partition_tree(to_regclass($1))))
   AND NOT tgisinternal AND tgname NOT IN (:our_triggers) AND tgenabled IN ('O', 'A')
 ORDER BY tgname
