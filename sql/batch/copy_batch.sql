-- Copies the columns of a batch that the processing phases need. The other columns never leave the server.
--   :has_source_hash   a phase needs the fingerprint. It is computed from the row as it is now, like the other columns
--   :has_skills        a phase needs the skills
--   The other variables are those of rows_of_batch.sql
COPY (
    SELECT r.job_id::text,
\ir row_version.sql
\if :has_source_hash
         , :fingerprint AS source_hash
\endif
         , :{r.loaded::text}
\if :has_skills
         , r.skills::text
\endif
\ir rows_of_batch.sql
) TO STDOUT (FORMAT binary)
