-- Copies the columns of a batch that the processing phases need. The other columns never leave the server.
COPY (
    SELECT r.job_id::text, w.source_hash, :{r.loaded::text}
      FROM :"staging".etl_work w
      JOIN :"raw" r ON r.job_id = w.job_id
     WHERE w.batch_no = :batch
) TO STDOUT (FORMAT binary)
