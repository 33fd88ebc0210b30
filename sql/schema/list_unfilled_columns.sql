-- Lists the columns that somebody added to the staging table and that refuse every row of a run: NOT NULL without a default.
--   $1 the staging table   $2 the columns of this pipeline
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
 WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL($2::text[])
   AND (a.attnotnull OR t.typnotnull) AND NOT a.atthasdef AND a.attidentity = '' AND t.typdefault IS NULL
 ORDER BY a.attnum
