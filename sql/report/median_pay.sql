-- Answers a question from the view of the phase job_facts: the median monthly pay of senior Java jobs by province, in million VND.
-- The pay of a posting is the middle of its bounds, or the bound that it has. A job that was posted again counts once, and so does
-- a job with several addresses in a province.
SELECT province, count(*), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY pay)::numeric, 1)::text
  FROM (SELECT DISTINCT job_id, place ->> 'name' AS province,
               (coalesce(salary_monthly_min, salary_monthly_max) + coalesce(salary_monthly_max, salary_monthly_min)) / 2 AS pay
          FROM :"staging".jobs, jsonb_array_elements(places) AS place
         WHERE level = 'senior' AND 'Java' = ANY (skills_normalized) AND job_id = first_seen_job_id
           AND place ->> 'code' IS NOT NULL) AS posting
 WHERE pay IS NOT NULL
 GROUP BY province
 ORDER BY count(*) DESC, province
