-- Parses the pay that the title of one posting names, if it has bounds: bounds, type, period and bounds for a month; warning.
--   $1 the pay   $2 name of the rule set, with the rate and the options of salaries
SELECT jsonb_build_object('salary_source', 'title', :{'parsed_salary', p.parsed_salary}), p.warning
  FROM :"staging".normalize_salary(
       $1::text, 'standard', :"staging".salary_rate($2::text), :"staging".salary_options($2::text)) p
 WHERE p.salary_period IS NOT NULL
