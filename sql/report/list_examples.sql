-- Lists examples of changed values: field, before, after. There are a few examples of each field, the longest change first. A list of
-- places that does not fit a line is left out.
--   $1 the run that published the rows, or NULL: any   $2 rows to look at, at most
WITH s AS MATERIALIZED (
    SELECT job_id, title, title_clean, company_name, company_name_standardized, salary, salary_type, salary_period, salary_min,
           salary_max, location, location_codes, deadline, due_date, time_remaining
      FROM :"staging".staging_jobs
     WHERE $1::uuid IS NULL OR run_id = $1::uuid
     LIMIT $2::bigint
)
(SELECT 'title' AS field, title AS before, title_clean AS after
   FROM s WHERE title IS DISTINCT FROM title_clean
  ORDER BY length(title) - length(title_clean) DESC, job_id LIMIT 4)
UNION ALL
(SELECT DISTINCT ON (company_name_standardized) 'company', company_name, company_name_standardized
   FROM s WHERE company_name IS DISTINCT FROM company_name_standardized
  ORDER BY company_name_standardized, job_id LIMIT 3)
UNION ALL
(SELECT DISTINCT ON (salary_type, salary_period) 'salary', salary,
        -- Without zeros at the end: a point separates thousands in Vietnam, so 27.000 would be read as 27 thousand.
        concat_ws(' ', salary_type, nullif(concat_ws(' to ', trim_scale(round(salary_min, 3)), trim_scale(round(salary_max, 3))), ''),
                  'million VND per ' || salary_period)
   FROM s WHERE salary_type IS NOT NULL AND salary_type <> 'unknown' AND salary IS NOT NULL
  ORDER BY salary_type, salary_period, job_id LIMIT 6)
UNION ALL
(SELECT 'location', r.location, concat(s.location, '  ', s.location_codes)
   FROM s JOIN :"raw" r USING (job_id)
  WHERE r.location IS DISTINCT FROM s.location AND length(s.location) <= 100
  ORDER BY length(s.location) DESC, job_id LIMIT 3)
UNION ALL
(SELECT DISTINCT ON (length(deadline) > 3) 'deadline', deadline, concat_ws(' → ', due_date::date, time_remaining)
   FROM s WHERE due_date IS NOT NULL ORDER BY length(deadline) > 3, job_id LIMIT 2)
