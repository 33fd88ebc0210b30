-- Finds the rows of staging that have a rule set and are among the rejected rows as well, although neither a foreign key nor a
-- trigger keeps them. A part of list_foreign.sql and count_foreign.sql. Another program inserted such a row with all of its
-- columns, such as a restored dump, or restored the rejected row. `is_ours` is true if a run of ours left it: a run that did not
-- end had published and rejected a row that moved (settle_staging.sql), or a kept row was marked for replay.
-- There are few rejected rows, and each is looked up in the primary key of staging.
SELECT s.job_id,
       coalesce(
           s.warnings @> ARRAY['kept_in_staging']
           OR s.run_id IN (SELECT b.run_id FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                            WHERE x.state <> 'done' AND b.first_block IS NOT NULL)
           OR j.run_id IN (SELECT b.run_id FROM :"staging".etl_batches b JOIN :"staging".etl_runs x USING (run_id)
                            WHERE x.state <> 'done' AND b.first_block IS NOT NULL), false) AS is_ours
  FROM :"staging".etl_rejects j JOIN :"staging".staging_jobs s ON s.job_id = j.job_id
 WHERE j.rule_set <> 'kept_in_staging' AND s.rule_set IS NOT NULL
