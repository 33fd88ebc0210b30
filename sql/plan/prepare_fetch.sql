-- Prepares the planner to fetch the candidates by their keys, after adding the rows of list_foreign.sql and the rejected rows that
-- had to stay in staging. Without statistics, the planner would expect a thousand candidates. Their
-- pages are in memory, because the search for candidates has just read them, so a lower page cost is set. At the usual cost, the
-- planner would read the whole raw table a second time to fetch one row in fifty.
INSERT INTO etl_candidates
SELECT f.job_id FROM etl_foreign f WHERE NOT EXISTS (SELECT 1 FROM etl_candidates c WHERE c.job_id = f.job_id);
INSERT INTO etl_candidates
SELECT k.job_id FROM (
\ir kept_rows.sql
) AS k WHERE NOT EXISTS (SELECT 1 FROM etl_candidates c WHERE c.job_id = k.job_id);
ANALYZE etl_candidates;
SELECT set_config('random_page_cost', least(current_setting('random_page_cost')::float8,
                                            1.1 * current_setting('seq_page_cost')::float8)::text, true)
