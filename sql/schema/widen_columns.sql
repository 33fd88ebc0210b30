-- Changes the type of derived columns that an older version created with a limited length to TEXT, as a part of schema_staging.sql.
-- This changes only the catalog: neither the table nor an index is written again. A column that a view or another object of
-- somebody else needs stays as it is, because PostgreSQL refuses to change it. A run names these objects.
DO $etl_body$
DECLARE
    item record;
BEGIN
    FOR item IN
\ir narrow_columns.sql
    LOOP
        CONTINUE WHEN item.users <> '{}';
        -- The type of a column cannot be changed while a trigger names it. schema_staging.sql creates these triggers again.
        DROP TRIGGER IF EXISTS staging_jobs_changed ON :"staging".staging_jobs;
        DROP TRIGGER IF EXISTS staging_jobs_published ON :"staging".staging_jobs;
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE text', $etl_name$:"staging".staging_jobs$etl_name$, item.name);
    END LOOP;
END
$etl_body$;
