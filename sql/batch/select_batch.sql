-- Selects the rows of a batch: key, version, fingerprint and the whole raw row. A loading phase selects from it what it needs, and
-- PostgreSQL computes nothing else.
--   The variables are those of rows_of_batch.sql
    SELECT r.job_id::text AS job_id,
\ir row_version.sql
         , :fingerprint AS source_hash
         , r AS raw
\ir rows_of_batch.sql
