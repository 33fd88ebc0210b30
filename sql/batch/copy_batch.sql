-- Copies the columns of a batch that the processing phases need. The other columns never leave the server. The version
-- of a row is the fingerprint with which it was planned.
--   :has_source_hash   a phase needs the fingerprint. It is computed from the row as it is now, like the other columns
COPY (
    SELECT r.job_id::text, w.source_hash AS row_version,
\if :has_source_hash
           :fingerprint AS source_hash,
\endif
           :{r.loaded::text}
      FROM :"staging".etl_work w
      JOIN :"raw" r ON r.job_id = w.job_id
     WHERE w.batch_no = :batch
) TO STDOUT (FORMAT binary)
