-- Brings the derived columns in, in the order of the columns of etl_derived.
COPY etl_derived (n, job_id, source_hash, title_clean, company_name_standardized, place)
FROM STDIN (FORMAT binary)
