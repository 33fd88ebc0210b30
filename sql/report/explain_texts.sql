-- Parses the salary and the deadline of one posting: bounds, type, period and bounds for a month; due date; days of the deadline;
-- warnings.
--   $1 salary   $2 deadline   $3 when it was crawled   $4 rules   $5 VND for one USD   $6 options of normalize_salary, as JSON
SELECT jsonb_build_object('salary_min', p.salary_min, 'salary_max', p.salary_max, 'salary_type', p.salary_type,
                          'salary_period', p.salary_period, 'salary_monthly_min', p.salary_monthly_min,
                          'salary_monthly_max', p.salary_monthly_max),
       jsonb_build_object('due_date', u.due_date),
       (:"staging".deadline_parts(coalesce($2::text, ''), $4::text)).days,
       p.warning, u.warning
  FROM :"staging".normalize_salary(coalesce($1::text, ''), $4::text, $5::text::numeric, $6::text::jsonb) p
 CROSS JOIN :"staging".parse_deadline(coalesce($2::text, ''), $3::text::timestamptz, $4::text) u
