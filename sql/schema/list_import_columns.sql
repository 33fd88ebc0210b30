-- Lists the columns of a table that `import` can fill: name, type, whether the column is part of the key by which an existing row is
-- found, whether it must have a value, whether it has a default, and whether it is part of the primary key.
-- The primary key of a table with partitions must contain their column, such as `crawled_at`. A posting that is crawled again in
-- another month is the same posting, so its row is found by `job_id` alone, and moves to the other partition.
-- A column that PostgreSQL always generates is not in the list.
-- The type of a domain is the type below it. A type has no length, and -1 also removes the length 1 that the word "character"
-- has: the names are used in casts, and a cast to a length or to a domain would cut a long text without an error. The
-- assignment to the column refuses it.
--   $1 the table
WITH RECURSIVE filled AS (
    SELECT attrelid, attnum, attname, atttypid AS type, attnotnull AS required, atthasdef OR attidentity <> '' AS defaulted
      FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'
    UNION ALL
    SELECT attrelid, attnum, attname, t.typbasetype, required OR t.typnotnull, defaulted OR t.typdefault IS NOT NULL
      FROM filled JOIN pg_type t ON t.oid = filled.type AND t.typtype = 'd'
)
SELECT f.attname::text, format_type(f.type, -1), p.is_member AND (f.attname = 'job_id' OR NOT p.is_of_partitions), f.required,
       f.defaulted, p.is_member
  FROM filled f JOIN pg_type t ON t.oid = f.type AND t.typtype <> 'd'
 CROSS JOIN LATERAL (
       SELECT coalesce(bool_or(f.attnum = ANY (i.indkey)), false) AS is_member,
              coalesce(bool_or(c.relkind = 'p' AND a.attnum = ANY (i.indkey)), false) AS is_of_partitions
         FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'job_id'
        WHERE i.indrelid = f.attrelid AND i.indisprimary) p
 ORDER BY f.attnum
