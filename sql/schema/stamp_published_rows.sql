-- Sets published_at when another program changes a row, such as an older version of this program, which does not know the column.
-- This is a part of schema_staging.sql. A run sets published_at itself, and a row that another program inserts gets it as a default.
-- Neither the loader of the warehouse nor the refresh of time_remaining changes a column of the list.
CREATE OR REPLACE FUNCTION :"staging".stamp_published_row() RETURNS trigger
LANGUAGE plpgsql AS $etl_body$
BEGIN
    NEW.published_at := now();
    RETURN NEW;
END
$etl_body$;
COMMENT ON FUNCTION :"staging".stamp_published_row() IS
    'The trigger that sets published_at if a program changes a row and leaves published_at as it is';
CREATE OR REPLACE TRIGGER staging_jobs_published BEFORE UPDATE OF :{content} ON :"staging".staging_jobs
    FOR EACH ROW
    WHEN (NEW.published_at = OLD.published_at AND (:{OLD.content}) IS DISTINCT FROM (:{NEW.content}))
    EXECUTE FUNCTION :"staging".stamp_published_row();
