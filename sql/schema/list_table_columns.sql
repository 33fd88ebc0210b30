-- Lists the columns of a table: name, type, whether the column is unique, and whether it is NOT NULL. The type of a domain is the type
-- below it. The key of a partitioned table has the columns that choose the partition as well, so they may be in it.
--   $1 the table
WITH RECURSIVE found AS (
    SELECT attrelid, attnum, attname, atttypid AS type, atttypmod AS length, attnotnull
      FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT attrelid, attnum, attname, t.typbasetype, t.typtypmod, attnotnull
      FROM found JOIN pg_type t ON t.oid = found.type AND t.typtype = 'd'
)
SELECT f.attname::text, format_type(f.type, f.length),
       EXISTS (SELECT 1
                 FROM pg_index i LEFT JOIN pg_partitioned_table p ON p.partrelid = i.indrelid
                CROSS JOIN LATERAL (SELECT (i.indkey::int2[])[0:i.indnkeyatts - 1] AS key) k
                WHERE i.indrelid = f.attrelid AND i.indisunique AND i.indpred IS NULL
                  AND f.attnum = ANY (k.key) AND k.key <@ (ARRAY[f.attnum] || coalesce(p.partattrs::int2[], '{}'))),
       f.attnotnull
  FROM found f JOIN pg_type t ON t.oid = f.type AND t.typtype <> 'd'
 ORDER BY f.attnum
