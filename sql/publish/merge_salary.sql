-- Takes the bounds from the title if the salary is negotiable, as a part of insert_raw_to_staging.sql and compare_published.sql. The rule
-- set v1 has neither a period nor a source.
                   :{CASE WHEN q.salary_type IS NULL THEN p.parsed_salary ELSE q.parsed_salary END AS parsed_salary},
                   CASE WHEN q.salary_type IS NOT NULL THEN 'title' WHEN p.salary_period IS NOT NULL THEN 'salary' END AS salary_source,
