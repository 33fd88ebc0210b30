-- The rows of a batch as they are published: raw and derived columns, with what was read from salary and deadline.
-- Stands as `ready_rows`, behind a colon, in the statements that publish.
--   $1 the rule set's name   $2 the run   $3 the run's clock   $4, $5 rows from and before
--   :row_version, :row_hash   what tells a version of a raw row from the next, and its fingerprint
--   :raw_key, :places_wanted  the key as the planner shall see it, and which of etl_places are read
--   :first_block, :end_block  where in the raw table a batch that is a range of it lies; anywhere for another
-- A raw row that changed since it was loaded has another version: it is not published, and the next run takes it.
-- So is one whose salary or deadline nobody had written when the work was planned.
SELECT r.job_id, r.title, d.title_clean, r.job_url, r.company_name, d.company_name_standardized, r.company_url,
       r.salary, p.salary_min, p.salary_max, p.salary_type, p.salary_period, r.skills, g.location,
       g.location_codes, r.location_detail, g.location_pairs,
       r.deadline, r.verified_employer, r.last_update, r.logo_url, r.posted_time, r.crawled_at, u.due_date,
       :"staging".time_remaining(u.due_date, $3::timestamptz) AS time_remaining, :row_hash AS source_hash,
       CASE WHEN p.warning IS NULL AND u.warning IS NULL THEN g.warnings
            ELSE array_remove(ARRAY[p.warning, u.warning]::text[], NULL) || g.warnings END AS warnings,
       $1::text AS rule_set, $2::uuid AS run_id, $3::timestamptz AS processed_at
  FROM etl_derived d
  JOIN :"raw" r ON :raw_key = d.job_id AND r.ctid >= '(:first_block,0)' AND r.ctid < '(:end_block,0)'
  JOIN (SELECT e.n, e.location, e.location_codes::text[] AS location_codes, e.location_pairs::jsonb AS location_pairs,
               e.warnings::text[] AS warnings
          FROM etl_places e
         WHERE :places_wanted
        -- Read once a set, not once a row.
        OFFSET 0) g ON g.n = d.place
  JOIN :"staging".etl_salaries  p ON p.text = coalesce(r.salary, '')
  JOIN :"staging".etl_deadlines t ON t.text = coalesce(r.deadline, '')
 CROSS JOIN LATERAL (
       -- Days are added by way of UTC, where each has 24 hours whatever the session's time zone is.
       SELECT CASE WHEN t.days IS NULL THEN t.end_of_day
                   ELSE (r.crawled_at AT TIME ZONE 'UTC' + t.days * interval '24 hours') AT TIME ZONE 'UTC' END AS due_date,
              CASE WHEN t.days IS NOT NULL AND r.crawled_at IS NULL THEN 'deadline_unparsed' ELSE t.warning END AS warning
       OFFSET 0) u
   -- Not bare comparisons: of columns that it knows nothing of, the planner thinks that nearly no row passes them.
 WHERE coalesce(d.n >= $4::integer AND d.n < $5::integer, false)
   AND coalesce(d.source_hash = :row_version, false)
