-- Finds the rejected rows that had to stay in staging and that have a raw row, as a part of prepare_fetch.sql and count_found.sql.
SELECT j.job_id
  FROM :"staging".etl_rejects j JOIN :"raw" r ON r.job_id = j.job_id
 WHERE j.rule_set = 'kept_in_staging'
