-- Changes the type of derived columns that an older version created with a limited length to TEXT, as a part of schema_staging.sql.
-- This changes only the catalog: neither the table nor an index is written again. A column that a view or another object of
-- somebody else needs stays as it is, because PostgreSQL refuses to change it. A run names these objects.
DO $etl_body$
DECLARE
    item record;
    trigger_name text;
BEGIN
    FOR item IN
\ir narrow_columns.sql
    LOOP
        CONTINUE WHEN item.users <> '{}';
        -- The type of a column cannot be changed while a trigger names it. schema_staging.sql creates these triggers again.
        FOREACH trigger_name IN ARRAY ARRAY[:our_triggers] LOOP
            EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', trigger_name, $etl_name$:"staging".staging_jobs$etl_name$);
        END LOOP;
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE text', $etl_name$:"staging".staging_jobs$etl_name$, item.name);
    END LOOP;
END
$etl_body$;
