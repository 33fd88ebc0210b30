-- Describes the sessions of other programs that have the locks for which the connections with a name wait. NULL if there is none.
-- The processes of one run wait for each other for moments, and nobody has to do anything about it. Of a session of another
-- role, the current role may see only the backend, its name and its role.
--   $1 name of the connections   $2 beginning of the names of all connections of the run
SELECT string_agg(DISTINCT format('backend %s (%s', b.pid, coalesce(nullif(b.application_name, ''), b.usename, 'unknown'))
                  || CASE WHEN b.state IS NULL THEN format(' of role %s)', b.usename)
                          ELSE format(', %s since %s): %s', b.state, coalesce(to_char(b.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'an unknown time'),
                                      left(b.query, 200)) END, '; ')
  FROM pg_stat_activity w
 CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS p (pid)
  JOIN pg_stat_activity b ON b.pid = p.pid
 WHERE w.application_name = $1 AND w.wait_event_type = 'Lock' AND NOT starts_with(b.application_name, $2)
