-- Collects the statistics of the columns that widen_columns.sql changed, because PostgreSQL forgets them with the old type.
ANALYZE :"staging".staging_jobs (:{facts})
