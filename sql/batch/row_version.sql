-- Names the version of a row of a batch, as a part of copy_batch.sql and select_batch.sql. The version is the fingerprint with
-- which the row was planned. In a batch that is a range of blocks, it is the transaction that wrote the row, because the
-- statement that publishes the row computes the fingerprint.
\if :is_range
           r.xmin::text::bigint AS row_version
\else
           w.source_hash AS row_version
\endif
