-- Room for the derived columns of one batch, kept for the next batch of the connection; and what its transaction is
-- planned with: hash tables of a batch in memory, no code compiled for statements of some milliseconds.
SET LOCAL work_mem = '64MB';
SET LOCAL jit = off;
CREATE TEMPORARY TABLE IF NOT EXISTS etl_derived (
    n                         INTEGER NOT NULL,
    job_id                    TEXT NOT NULL,
    source_hash               BIGINT NOT NULL,
    title_clean               TEXT,
    company_name_standardized TEXT,
    location                  TEXT,
    location_pairs            TEXT,
    location_codes            TEXT,
    warnings                  TEXT
) ON COMMIT DELETE ROWS
