-- Counts the raw rows whose published version is the current one, which are the rows that a fill processes.
SELECT count(*)
  FROM :"raw" r JOIN :"staging".staging_jobs s ON s.job_id = r.job_id
 WHERE s.source_hash = :fingerprint
