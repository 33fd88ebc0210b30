-- Parses the salary and the deadline of one posting: bounds, type, period and bounds for a month; due date; days of the deadline;
-- warnings.
--   $1 salary   $2 deadline   $3 when it was crawled   $4 rules   $5 name of the rule set
SELECT jsonb_build_object('salary_min', p.salary_min, 'salary_max', p.salary_max, 'salary_type', p.salary_type,
                          'salary_period', p.salary_period, 'salary_monthly_min', p.salary_monthly_min,
                          'salary_monthly_max', p.salary_monthly_max,
                          'salary_source', CASE WHEN p.salary_period IS NOT NULL THEN 'salary' END),
       jsonb_build_object('due_date', u.due_date),
       t.days,
       p.warning, u.warning, :"staging".salary_options($5::text)::text
  FROM :"staging".normalize_salary(
       coalesce($1::text, ''), $4::text, :"staging".salary_rate($5::text), :"staging".salary_options($5::text)) p
 CROSS JOIN :"staging".parse_deadline(coalesce($2::text, ''), $3::text::timestamptz, $4::text) u
 CROSS JOIN :"staging".deadline_parts(coalesce($2::text, ''), $4::text) t
