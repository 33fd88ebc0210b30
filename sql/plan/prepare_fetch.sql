-- Prepares to fetch the candidates by their keys. Without statistics the planner would expect a thousand of them. The
-- search for them has just read the pages, so reading them again is cheap: at the usual cost the planner would read the
-- whole raw table a second time rather than fetch one row in fifty.
ANALYZE etl_candidates;
SELECT set_config('random_page_cost', least(current_setting('random_page_cost')::float8,
                                            1.1 * current_setting('seq_page_cost')::float8)::text, true)
