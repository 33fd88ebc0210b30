-- The derived columns of one batch, for as long as its transaction.
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
) ON COMMIT DROP
