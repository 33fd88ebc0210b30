-- Adds the columns that an older staging table does not have, as a part of schema_staging.sql. Only missing columns are named, because
-- Citus refuses `ADD COLUMN IF NOT EXISTS` for a column with a key, even if the column exists.
DO $etl_body$
DECLARE
    added text;
BEGIN
    SELECT string_agg(format('ADD COLUMN %I %s', c.name, c.definition), ', ' ORDER BY c.n) INTO added
      FROM (SELECT v.*, row_number() OVER () AS n
              FROM (VALUES :{('staging', $etl_definition$DEFINITION$etl_definition$)}) AS v (name, definition)) c
     WHERE NOT EXISTS (SELECT 1 FROM pg_attribute a
                        WHERE a.attrelid = to_regclass($etl_name$:"staging".staging_jobs$etl_name$) AND a.attname = c.name AND NOT a.attisdropped);
    IF added IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s %s', $etl_name$:"staging".staging_jobs$etl_name$, added);
    END IF;
END
$etl_body$;
