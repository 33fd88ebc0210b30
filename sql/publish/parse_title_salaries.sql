-- Parses the pay that titles name, for insert_raw_to_staging.sql. It publishes this pay if the salary of the row is negotiable. A
-- text without bounds is left out.
--   $1 name of the rule set, with the rate and the options of salaries
INSERT INTO etl_title_salaries (n, :{parsed_salary}, warning)
SELECT d.n, :{p.parsed_salary}, p.warning
  FROM etl_derived d
 CROSS JOIN LATERAL :"staging".normalize_salary(
       d.title_salary, 'standard', :"staging".salary_rate($1::text), :"staging".salary_options($1::text)) p
 WHERE d.title_salary IS NOT NULL AND p.salary_period IS NOT NULL
