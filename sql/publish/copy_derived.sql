-- Sends the derived columns of a batch, one line for each row of the batch.
COPY etl_derived (n, job_id, row_version, source_hash, set_no, title_salary, :{per_row}) FROM STDIN (FORMAT binary)
