-- Finds the raw rows that must be compared: rows that were written since the last complete run, and rows that are not in
-- staging. prepare_fetch.sql adds the rows of list_foreign.sql. The columns of all other rows are not read.
--   :horizon   the horizon of the last complete run
CREATE TEMPORARY TABLE etl_candidates ON COMMIT DROP AS
\ir candidate_rows.sql
