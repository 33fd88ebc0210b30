-- The columns that processing needs, and no others: wide columns that nobody transforms never leave the server.
COPY (
    SELECT r.job_id::text, w.source_hash, r.title::text, r.company_name::text, r.location::text, r.location_detail::text
      FROM :"staging".etl_work w
      JOIN :"raw" r ON r.job_id = w.job_id
     WHERE w.batch_no = :batch
) TO STDOUT (FORMAT binary)
