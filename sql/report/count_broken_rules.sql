-- Counts the rows of staging that break a rule of a column: column, rule, rows, up to three keys, up to three wrong values.
SELECT split_part(r.rule, ' ', 2), split_part(r.rule, ' ', 1), count(*),
       (array_agg(s.job_id::text ORDER BY s.job_id))[1:3],
       (array_agg(DISTINCT r.wrong))[1:3]
  FROM :"staging".staging_jobs s
 -- Arrays, because Citus accepts no function such as `concat` in VALUES.
 CROSS JOIN LATERAL unnest(
       ARRAY[:{'values ruled'}, :{'bounds bounded'}, :{'nulls required'}],
       ARRAY[:{CASE WHEN BROKEN THEN s.ruled::text END},
             :{CASE WHEN s.bounded > s.BOUND THEN concat(s.bounded, ' > ', s.BOUND) END},
             :{CASE WHEN s.required IS NULL THEN 'NULL' END}]) AS r (rule, wrong)
 WHERE r.wrong IS NOT NULL
 GROUP BY 1, 2
 ORDER BY 1, 2
