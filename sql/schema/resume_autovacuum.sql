-- Turns autovacuum on again after a first load, if drop_indexes.sql turned it off.
SET LOCAL lock_timeout = '200ms';
DO $etl_body$
DECLARE
    part regclass;
BEGIN
    FOR part IN
\ir staging_parts.sql
    LOOP
        IF EXISTS (SELECT 1 FROM pg_class WHERE oid = part
                      AND reloptions @> ARRAY['autovacuum_vacuum_insert_threshold=-1', 'autovacuum_analyze_threshold=2147483647']) THEN
            EXECUTE format('ALTER TABLE %s RESET (autovacuum_vacuum_insert_threshold, autovacuum_analyze_threshold)', part);
        END IF;
    END LOOP;
END
$etl_body$
