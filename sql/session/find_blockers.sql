-- Describes the other sessions that have the locks for which the connections with a name wait. NULL if no connection waits. Of a
-- session of another role, the current role may see only the backend, its name and its role.
--   $1 name of the connections
SELECT string_agg(DISTINCT format('backend %s (%s', b.pid, coalesce(nullif(b.application_name, ''), b.usename, 'unknown'))
                  || CASE WHEN b.state IS NULL THEN format(' of role %s)', b.usename)
                          ELSE format(', %s since %s): %s', b.state, coalesce(to_char(b.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'an unknown time'),
                                      left(b.query, 200)) END, '; ')
  FROM pg_stat_activity w
 CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS p (pid)
  JOIN pg_stat_activity b ON b.pid = p.pid
 WHERE w.application_name = $1 AND w.wait_event_type = 'Lock' AND b.application_name <> $1
