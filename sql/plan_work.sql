-- Finds what is to do, in one snapshot, and parses salary and deadline for it.
--   $1 rules   $2 VND a USD   $3 name of the rule set   $4 only what is new, changed or was made by other rules
--   $5 rows at most, or NULL   $6 rows a batch
-- The fingerprint stands once more, to the letter, in insert_raw_to_staging.sql.
WITH found AS MATERIALIZED (
    SELECT r.job_id, h.source_hash, r.salary, r.deadline, r.crawled_at,
           coalesce(s.source_hash = h.source_hash AND s.rule_set = $3::text, false) AS stands,
           coalesce(j.source_hash = h.source_hash AND j.rule_set = $3::text, false) AS rejected
      FROM :"raw" r
     CROSS JOIN LATERAL (
           SELECT hashtextextended(ROW(r.title, r.job_url, r.company_name, r.company_url, r.salary, r.skills, r.location, r.location_detail, r.deadline, r.verified_employer, r.last_update, r.logo_url, extract(epoch FROM r.posted_time), extract(epoch FROM r.crawled_at))::text, 0)
               AS source_hash) h
      LEFT JOIN :"staging".staging_jobs s ON s.job_id = r.job_id
      LEFT JOIN :"staging".etl_rejects  j ON j.job_id = r.job_id
), todo AS MATERIALIZED (
    SELECT job_id, source_hash, coalesce(salary, '') AS salary, deadline, crawled_at, row_number() OVER () AS n
      FROM found
     WHERE NOT ($4::boolean AND (stands OR rejected))
     LIMIT $5::bigint
), pay AS MATERIALIZED (
    -- A board has a few hundred ways to write a salary: each is parsed once.
    SELECT d.salary AS text, p.*
      FROM (SELECT DISTINCT salary FROM todo) d
     CROSS JOIN LATERAL :"staging".normalize_salary(d.salary, $1::text, $2::text::numeric) p
), put AS (
    INSERT INTO :"staging".etl_work
           (batch_no, job_id, source_hash, salary_min, salary_max, salary_type, salary_period, due_date, warnings)
    SELECT (t.n - 1) / $6::bigint + 1, t.job_id, t.source_hash,
           p.salary_min, p.salary_max, p.salary_type, p.salary_period, d.due_date,
           array_remove(ARRAY[p.warning, d.warning], NULL)
      FROM todo t
      LEFT JOIN pay p ON p.text = t.salary
      LEFT JOIN LATERAL :"staging".parse_deadline(t.deadline, t.crawled_at, $1::text) d ON true
)
SELECT (SELECT count(*) FROM found),
       (SELECT count(*) FROM todo),
       (SELECT count(*) FROM found WHERE $4::boolean AND stands),
       (SELECT count(*) FROM found WHERE $4::boolean AND rejected AND NOT stands)
