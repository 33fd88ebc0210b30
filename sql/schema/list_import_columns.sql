-- Lists the columns of a table that `import` can fill: name, type, whether the column is part of the primary key,
-- whether it must have a value, and whether it has a default. A column that PostgreSQL always generates is not in the list.
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
SELECT f.attname::text, format_type(f.type, -1),
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = f.attrelid AND i.indisprimary AND f.attnum = ANY (i.indkey)),
       f.required, f.defaulted
  FROM filled f JOIN pg_type t ON t.oid = f.type AND t.typtype <> 'd'
 ORDER BY f.attnum
