-- The same columns as copy_batch.sql, of a range of the raw table's blocks. What tells a version of a row from the next
-- is here the transaction that wrote it: a fingerprint is made once, where the row is published.
COPY (
    SELECT r.job_id::text, r.xmin::text::bigint, r.title::text, r.company_name::text, r.location::text, r.location_detail::text
      FROM :"raw" r
     WHERE r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)'
) TO STDOUT (FORMAT binary)
