-- Lists the transitions of a run, in order.
--   $1 the run
SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), attempt, event, phase, batch_no, detail
  FROM :"staging".etl_events WHERE run_id = $1 ORDER BY id
