-- Writes the comments of the columns of staging from the list of columns, as a part of schema_staging.sql.
DO $etl_body$
DECLARE
    item record;
BEGIN
    FOR item IN SELECT * FROM (VALUES :{('staging', ABOUT)}) AS c (name, about) LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', $etl_name$:"staging".staging_jobs$etl_name$, item.name, item.about);
    END LOOP;
END
$etl_body$;
