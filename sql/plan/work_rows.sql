-- Finds the work in one snapshot, as a part of plan_work.sql and count_found.sql. There are three kinds of rows:
--   * raw rows that are new, changed, or processed by other rules before, or that are in staging and rejected; all raw rows if
--     $2 is false
--   * rejected rows that have not changed (rejected = true), which plan_rows.sql leaves out if it must
--     (rejected_by is the run that rejected this version of a row, even if the row is marked for replay or was rejected by other
--     rules)
--   * one last row in which only raw has a value: the number of raw rows, or of those in the window of $3
--   $1 name of the rule set   $2 true: leave out the rows of staging that have not changed
--   $3 consider only the rows that were crawled since then, and $4 until then; NULL: all
--   :has_places   the raw table has ordinary blocks; the rows of a distributed table are on other servers
--   :has_candidates   only the rows of etl_candidates are compared (plan_candidates.sql); all others are unchanged
SELECT f.job_id, f.source_hash, f.block_place, f.rejected, f.rejected_by, f.salary, f.deadline, NULL::bigint AS raw
  FROM (SELECT r.job_id, :fingerprint AS source_hash,
\if :has_places
               r.ctid AS block_place,
\else
               NULL::tid AS block_place,
\endif
               r.salary COLLATE "default" AS salary, r.deadline COLLATE "default" AS deadline,
               coalesce(s.source_hash = :fingerprint, false) AND j.job_id IS NULL AS is_unchanged,
               -- If the row in staging was produced from the same raw row by the same rules, one of the two is wrong, and the result
               -- of this run decides.
               coalesce(j.source_hash = :fingerprint AND j.rule_set = $1::text, false)
               AND NOT coalesce(s.source_hash = j.source_hash, false) AS rejected,
               CASE WHEN j.source_hash = :fingerprint THEN j.run_id END AS rejected_by
\if :has_candidates
          FROM etl_candidates c JOIN :"raw" r ON r.job_id = c.job_id
\else
          FROM :"raw" r
\endif
          LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id AND s.rule_set = $1::text
          LEFT JOIN :"staging".etl_rejects  j ON j.job_id = r.job_id
         WHERE ($3::timestamptz IS NULL OR r.crawled_at >= $3::timestamptz AND r.crawled_at <= $4::timestamptz)) f
 WHERE NOT ($2::boolean AND f.is_unchanged)
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*)
  FROM :"raw" r
 WHERE ($3::timestamptz IS NULL OR r.crawled_at >= $3::timestamptz AND r.crawled_at <= $4::timestamptz)
