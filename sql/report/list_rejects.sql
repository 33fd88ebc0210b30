-- Rows that were kept out, by reason: reason, field, rows, an example of the key.
SELECT reason, field, count(*), min(job_id) FROM :"staging".etl_rejects GROUP BY reason, field ORDER BY count(*) DESC, reason
