-- Room for the derived columns of one batch, kept for the next batch of the connection; and what its transaction is
-- planned and stored with: hash tables of a batch in memory, no code compiled for statements of some milliseconds, and
-- for rows over two kilobytes the quicker compression, where the server has it and nobody chose another.
SET LOCAL work_mem = '64MB';
SET LOCAL jit = off;
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
        location                  TEXT,
        location_pairs            TEXT,
        location_codes            TEXT,
        warnings                  TEXT
    ) ON COMMIT DELETE ROWS;
    -- Nothing else analyses a temporary table. Rows of the usual width with keys of their own, so that the planner hashes the
    -- derived columns, not the whole raw rows, of which it would keep copies.
    INSERT INTO etl_derived
    SELECT n, n::text, n, repeat('x', 40), repeat('x', 50), repeat('x', 12), repeat('x', 80), repeat('x', 8), '{}'
      FROM generate_series(1, 1000) n;
    ANALYZE etl_derived;
    DELETE FROM etl_derived;
END
$etl_body$
