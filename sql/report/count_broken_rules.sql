-- Counts the rows of staging that break a rule of a column: column, rule, rows, up to three keys, up to three wrong values.
SELECT r.name, r.rule, count(*),
       (array_agg(s.job_id::text ORDER BY s.job_id))[1:3],
       (array_agg(DISTINCT r.wrong))[1:3]
  FROM :"staging".staging_jobs s
 CROSS JOIN LATERAL (VALUES
       :{('ruled', 'values', CASE WHEN BROKEN THEN s.ruled::text END)},
       :{('bounded', 'bounds', CASE WHEN s.bounded > s.BOUND THEN concat(s.bounded, ' > ', s.BOUND) END)},
       :{('required', 'nulls', CASE WHEN s.required IS NULL THEN 'NULL' END)}
       ) AS r (name, rule, wrong)
 WHERE r.wrong IS NOT NULL
 GROUP BY r.name, r.rule
 ORDER BY r.name, r.rule
