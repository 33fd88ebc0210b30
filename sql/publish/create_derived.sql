-- Creates the temporary tables for the derived columns of a batch, unless an earlier batch of this connection created them.
-- Also changes settings of the transaction. The hash tables of a batch then stay in memory. Rows over two kilobytes are
-- compressed by lz4, which is faster, if the server has it and no other method is configured.
SET LOCAL work_mem = '64MB';
-- A deferred constraint of others would refuse the COMMIT of the whole batch. An immediate one refuses a row, which is rejected.
SET CONSTRAINTS ALL IMMEDIATE;
SELECT set_config('default_toast_compression', 'lz4', true)
  FROM pg_settings
 WHERE name = 'default_toast_compression' AND source = 'default' AND 'lz4' = ANY(enumvals);
DO $etl_body$
BEGIN
    IF to_regclass('pg_temp.etl_title_salaries') IS NOT NULL THEN
        RETURN;
    END IF;
    -- Behind a pooler, an earlier version of this program may have left its tables in the connection.
    DROP TABLE IF EXISTS pg_temp.etl_derived, pg_temp.etl_places;
    -- One row for each row of the batch.
    CREATE TEMPORARY TABLE etl_derived (
        n            INTEGER NOT NULL,
        job_id       TEXT NOT NULL,
        row_version  BIGINT NOT NULL,
        source_hash  BIGINT,
        set_no       INTEGER NOT NULL,
        title_salary TEXT,
        :{per_row TEXT}
    ) ON COMMIT DELETE ROWS;
    -- One row for each distinct set of shared values: the place and the warnings of the rows.
    CREATE TEMPORARY TABLE etl_places (
        n        INTEGER NOT NULL,
        warnings TEXT,
        :{shared TEXT}
    ) ON COMMIT DELETE ROWS;
    -- One row for each distinct pay that titles name, by run. The rows are kept for the next batch.
    CREATE TEMPORARY TABLE etl_title_salaries (
        run_id             UUID NOT NULL,
        text               TEXT NOT NULL,
        salary_min         NUMERIC,
        salary_max         NUMERIC,
        salary_type        TEXT,
        salary_period      TEXT,
        warning            TEXT,
        salary_monthly_min NUMERIC,
        salary_monthly_max NUMERIC
    );
    -- A temporary table has no statistics unless we collect them. The inserted rows have the usual width and distinct keys.
    -- With their statistics, the planner hashes the narrow derived columns and not the wide raw rows.
    INSERT INTO etl_derived (n, job_id, row_version, set_no, :{per_row})
    SELECT n, n::text, n, n / 10, :{repeat('x', 45) AS per_row} FROM generate_series(1, 1000) n;
    INSERT INTO etl_places (n, warnings, :{shared})
    SELECT n, '{}', :{repeat('x', 33) AS shared} FROM generate_series(0, 100) n;
    -- The planner would otherwise expect few texts, and would scan all of them for each row.
    INSERT INTO etl_title_salaries (run_id, text, salary_period)
    SELECT '00000000-0000-0000-0000-000000000000', n::text, 'month' FROM generate_series(1, 1000) n;
    ANALYZE etl_derived, etl_places, etl_title_salaries;
    DELETE FROM etl_derived;
    DELETE FROM etl_places;
    DELETE FROM etl_title_salaries;
END
$etl_body$
