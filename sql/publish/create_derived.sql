-- Room for the derived columns of one batch, kept for the next batch of the connection; and what its transaction is
-- planned and stored with: hash tables of a batch in memory, and for rows over two kilobytes the quicker compression,
-- where the server has it and nobody chose another.
SET LOCAL work_mem = '64MB';
SELECT set_config('default_toast_compression', 'lz4', true)
  FROM pg_settings
 WHERE name = 'default_toast_compression' AND source = 'default' AND 'lz4' = ANY(enumvals);
DO $etl_body$
BEGIN
    IF to_regclass('pg_temp.etl_derived') IS NOT NULL THEN
        RETURN;
    END IF;
    CREATE TEMPORARY TABLE etl_derived (
        n                         INTEGER NOT NULL,
        job_id                    TEXT NOT NULL,
        source_hash               BIGINT NOT NULL,
        title_clean               TEXT,
        company_name_standardized TEXT,
        place                     INTEGER NOT NULL
    ) ON COMMIT DELETE ROWS;
    -- Places and warnings come again and again: each set of them stands here once.
    CREATE TEMPORARY TABLE etl_places (
        n              INTEGER NOT NULL,
        location       TEXT,
        location_pairs TEXT,
        location_codes TEXT,
        warnings       TEXT
    ) ON COMMIT DELETE ROWS;
    -- Nothing else analyses a temporary table. Rows of the usual width with keys of their own, so that the planner hashes what
    -- is narrow, not the whole raw rows, of which it would keep copies.
    INSERT INTO etl_derived
    SELECT n, n::text, n, repeat('x', 40), repeat('x', 50), n / 10 FROM generate_series(1, 1000) n;
    INSERT INTO etl_places
    SELECT n, repeat('x', 12), repeat('x', 80), repeat('x', 8), '{}' FROM generate_series(0, 100) n;
    ANALYZE etl_derived, etl_places;
    DELETE FROM etl_derived;
    DELETE FROM etl_places;
END
$etl_body$
