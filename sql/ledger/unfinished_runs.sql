-- The runs that failed since the last run that published all of its batches, as a part of count_rejected.sql and plan_rows.sql.
--   $1 the run, which is not in the list
    SELECT r.run_id
      FROM :"staging".etl_runs r, (
          SELECT max(r.started_at) AS started_at
            FROM :"staging".etl_runs r JOIN :"staging".etl_plans p USING (run_id)
           WHERE r.state = 'done' AND r.fills IS NULL
             AND (p.batches = 0 OR EXISTS (SELECT 1 FROM :"staging".etl_batches b WHERE b.run_id = r.run_id AND b.state = 'done'))
             AND NOT EXISTS (SELECT 1 FROM :"staging".etl_batches b WHERE b.run_id = r.run_id AND b.state <> 'done')
      ) whole
     WHERE r.run_id <> $1::uuid AND r.state IN ('failed', 'abandoned')
       AND (whole.started_at IS NULL OR r.started_at > whole.started_at)
