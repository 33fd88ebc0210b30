-- Finds the work in one snapshot: the rows of work_rows.sql, which lists the parameters.
-- The statement is CREATE TABLE AS, because PostgreSQL runs it in parallel. An INSERT would not run in parallel.
CREATE TEMPORARY TABLE etl_found ON COMMIT DROP AS
\ir work_rows.sql
