-- Lists the statements that distribute the raw table and staging by job_id, in order. Nothing is changed. The rows of a posting are then
-- on one server, so a join needs no other server. All other tables stay on this server. A table that is distributed already, and a
-- function that all servers have, is not in the list. Executed only in a database with the extension citus.
-- Returns the statements.
WITH found AS MATERIALIZED (
    SELECT t.n, t.name, c.oid, c.relkind, format_type(a.atttypid, NULL) AS type,
           EXISTS (SELECT 1 FROM pg_catalog.pg_dist_partition d WHERE d.logicalrelid = c.oid) AS is_distributed
      FROM (VALUES (1, $etl_name$:"raw"$etl_name$), (2, $etl_name$:"staging".staging_jobs$etl_name$)) AS t (n, name)
      JOIN pg_class c ON c.oid = to_regclass(t.name)
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'job_id' AND NOT a.attisdropped
), statements (step, n, statement) AS (
    -- Tables are stored together only if their keys have one type.
    SELECT 1, staging.n, format('ALTER TABLE %s ALTER COLUMN job_id TYPE %s', staging.name, raw.type)
      FROM found raw JOIN found staging ON raw.n = 1 AND staging.n = 2
     WHERE NOT staging.is_distributed AND staging.type <> raw.type
    UNION ALL
    SELECT 2, f.n, format('SELECT create_distributed_table(%L, ''job_id''%s)', f.name,
                          CASE WHEN f.n > 1 THEN format(', colocate_with => %L', $etl_name$:"raw"$etl_name$) END)
      FROM found f WHERE NOT f.is_distributed
    UNION ALL
    SELECT 3, row_number() OVER (ORDER BY p.proname, p.oid), format('SELECT create_distributed_function(%L)', p.oid::regprocedure)
      FROM pg_proc p
     WHERE p.pronamespace = to_regnamespace($etl_name$:"staging"$etl_name$) AND p.prokind IN ('f', 'p')
       AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_dist_object o WHERE o.classid = 'pg_proc'::regclass AND o.objid = p.oid)
    UNION ALL
    -- A copy of the rows stays on this server, where nobody reads it.
    SELECT 4, f.n, format('SELECT truncate_local_data_after_distributing_table(%L)', f.name)
      FROM found f WHERE NOT f.is_distributed
)
SELECT statement FROM statements ORDER BY step, n
