-- Ends the connections of dead processes of other runs, because these connections would keep their locks. A process is dead if
-- it sent no heartbeat until its lease ended.
--   $1 the present run   $2 lease in seconds
SELECT count(pg_terminate_backend(a.pid)) FROM :"staging".etl_workers w
  JOIN pg_stat_activity a ON a.application_name = w.name AND a.usename = session_user
 WHERE w.run_id <> $1 AND w.ended_at IS NULL AND w.heartbeat_at < clock_timestamp() - make_interval(secs => $2)
