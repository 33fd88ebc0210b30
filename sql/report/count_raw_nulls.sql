-- Counts the rows of the raw table that lack a value without which a posting is rejected: column, rule, rows, up to three keys,
-- and the wrong value.
SELECT r.name, r.rule, count(*),
       (array_agg(coalesce(s.job_id::text, 'NULL') ORDER BY s.job_id))[1:3],
       (array_agg(DISTINCT r.wrong))[1:3]
  FROM :"raw" s
 CROSS JOIN LATERAL (VALUES
       :{('wanted', 'nulls', CASE WHEN s.wanted IS NULL THEN 'NULL' END)}
       ) AS r (name, rule, wrong)
 WHERE r.wrong IS NOT NULL
 GROUP BY r.name, r.rule
 ORDER BY r.name, r.rule
