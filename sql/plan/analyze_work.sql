-- Collects statistics of the work tables. Without statistics, the planner would plan joins for empty tables.
ANALYZE :"staging".etl_work, :"staging".etl_salaries, :"staging".etl_deadlines
