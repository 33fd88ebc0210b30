-- Finds the connection that holds an advisory lock: its backend, name and role, its address, and its start. The last two are NULL
-- if the current role may not see them, because another role holds the lock.
--   $1 key of the lock
SELECT a.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, ''),
       CASE WHEN a.backend_start IS NOT NULL THEN coalesce(a.client_addr::text, 'local') END,
       to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND ((l.classid::bigint << 32) | l.objid::bigint) = $1
