-- Lists the columns of a table that `import` can fill: name, type, whether the column is part of the primary key, and
-- whether it must have a value.
--   $1 the table
SELECT a.attname::text, format_type(a.atttypid, NULL),
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
       a.attnotnull
  FROM pg_attribute a
 WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
 ORDER BY a.attnum
