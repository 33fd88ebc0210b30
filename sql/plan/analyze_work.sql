-- Collects statistics of the work tables. Without them, joins would be planned for empty tables.
ANALYZE :"staging".etl_work, :"staging".etl_salaries, :"staging".etl_deadlines
