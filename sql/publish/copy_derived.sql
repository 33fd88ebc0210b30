-- Sends the derived columns of a batch, one row for each of its rows.
COPY etl_derived (n, job_id, source_hash, place, :{per_row}) FROM STDIN (FORMAT binary)
