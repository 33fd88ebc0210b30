-- Parses the pay that titles of a batch name. Each distinct text is parsed once for each connection and run, because the same pay is in
-- titles of many batches. The rows are lost with a transaction that fails, and the next try inserts them again.
--   $1 name of the rule set, with the rate and the options of salaries   $2 the run
INSERT INTO etl_title_salaries (run_id, text, salary_min, salary_max, salary_type, salary_period, warning,
                                salary_monthly_min, salary_monthly_max)
SELECT $2::uuid, d.text, p.salary_min, p.salary_max, p.salary_type, p.salary_period, p.warning,
       p.salary_monthly_min, p.salary_monthly_max
  FROM (SELECT DISTINCT title_salary AS text FROM etl_derived WHERE title_salary IS NOT NULL
        EXCEPT ALL SELECT text FROM etl_title_salaries WHERE run_id = $2::uuid) d
 CROSS JOIN LATERAL :"staging".normalize_salary(
       d.text, 'standard', :"staging".salary_rate($1::text), :"staging".salary_options($1::text)) p
