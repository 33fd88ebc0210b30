-- Counts rejected rows by reason: reason, field, rows, the key of an example.
SELECT reason, field, count(*), min(job_id) FROM :"staging".etl_rejects GROUP BY reason, field ORDER BY count(*) DESC, reason
