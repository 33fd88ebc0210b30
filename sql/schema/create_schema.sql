-- Creates the staging schema unless it exists. If an administrator created the schema for the role, the role needs no privilege
-- on the database. CREATE SCHEMA IF NOT EXISTS would need that privilege even then.
DO $etl_body$
BEGIN
    IF to_regnamespace($etl_name$:"staging"$etl_name$) IS NULL THEN
        CREATE SCHEMA IF NOT EXISTS :"staging";
    END IF;
END
$etl_body$;
