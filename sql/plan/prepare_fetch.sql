-- Prepares the planner to fetch the candidates by their keys. Without statistics, the planner would expect a thousand
-- candidates. Their pages are in memory, because the search for candidates has just read them, so a lower page cost is set. At
-- the usual cost, the planner would read the whole raw table a second time to fetch one row in fifty.
ANALYZE etl_candidates;
SELECT set_config('random_page_cost', least(current_setting('random_page_cost')::float8,
                                            1.1 * current_setting('seq_page_cost')::float8)::text, true)
