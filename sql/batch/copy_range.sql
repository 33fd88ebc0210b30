-- Copies the same columns as copy_batch.sql, but from a range of blocks of the raw table. The version of a row is here the
-- transaction that wrote it, because the statement that publishes the row computes the fingerprint.
--   :has_source_hash   a phase needs the fingerprint
COPY (
    SELECT r.job_id::text, r.xmin::text::bigint AS row_version,
\if :has_source_hash
           :fingerprint AS source_hash,
\endif
           :{r.loaded::text}
      FROM :"raw" r
     WHERE r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)'
) TO STDOUT (FORMAT binary)
