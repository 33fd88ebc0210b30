-- Finds what is to do, in one snapshot: the raw rows that do not stand as they are, and how many there are in all.
--   $1 the rule set's name   $2 only what is new, changed or was made by other rules   $3 crawled since, or NULL for ever
--   :compared   the raw rows `r` that are compared: all of them, or those that plan_candidates.sql found
-- Into a table of its own: PostgreSQL shares the work of this statement among processes, that of an INSERT it does not.
CREATE TEMPORARY TABLE etl_found ON COMMIT DROP AS
SELECT f.job_id, f.source_hash, f.place, f.rejected, f.salary, f.deadline, NULL::bigint AS raw
  FROM (SELECT r.job_id, :fingerprint AS source_hash, r.ctid AS place, r.salary, r.deadline,
               coalesce(s.source_hash = :fingerprint, false) AS stands,
               coalesce(j.source_hash = :fingerprint, false) AS rejected
          FROM :compared
          LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id AND s.rule_set = $1::text
          LEFT JOIN :"staging".etl_rejects  j ON j.job_id = r.job_id AND j.rule_set = $1::text
         WHERE ($3::timestamptz IS NULL OR r.crawled_at >= $3::timestamptz)) f
 WHERE NOT ($2::boolean AND f.stands)
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, count(*)
  FROM :"raw" r
 WHERE ($3::timestamptz IS NULL OR r.crawled_at >= $3::timestamptz)
