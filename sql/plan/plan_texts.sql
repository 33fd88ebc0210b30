-- Parses each distinct salary and deadline of the work once. The salaries of a job board have only a few hundred different texts.
--   $1 rules of the functions   $2 name of the rule set, with the rate and the options of salaries
WITH salaries AS (
    INSERT INTO :"staging".etl_salaries (text, salary_min, salary_max, salary_type, salary_period, warning,
                                         salary_monthly_min, salary_monthly_max)
    SELECT d.text, p.salary_min, p.salary_max, p.salary_type, p.salary_period, p.warning,
           p.salary_monthly_min, p.salary_monthly_max
      FROM (SELECT DISTINCT coalesce(salary, '') AS text FROM etl_found) d
     CROSS JOIN LATERAL :"staging".normalize_salary(
           d.text, $1::text, :"staging".salary_rate($2::text), :"staging".salary_options($2::text)) p
)
INSERT INTO :"staging".etl_deadlines (text, days, minutes, is_whole_day, end_of_day, warning)
SELECT d.text, p.days, p.minutes, p.is_whole_day, p.end_of_day, p.warning
  FROM (SELECT DISTINCT coalesce(deadline, '') AS text FROM etl_found) d
 CROSS JOIN LATERAL :"staging".deadline_parts(d.text, $1::text) p
