-- Lists the processes that worked on a run, each with the number of batches that it published.
--   $1 the run
SELECT host, pid, to_char(heartbeat_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ended_at IS NOT NULL,
       (SELECT count(*) FROM :"staging".etl_batches b WHERE b.run_id = w.run_id AND b.worker = w.worker AND b.state = 'done')
  FROM :"staging".etl_workers w WHERE run_id = $1 ORDER BY started_at
