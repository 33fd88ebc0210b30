-- The columns of a run's entry, as a part of list_runs.sql and list_runs_until.sql. The column fills is read as JSON, because a ledger
-- of an older version lacks it until the next run.
       r.run_id, r.state, r.attempt,
       to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(r.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       to_char(r.as_of AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       r.host, r.pid, r.retry_of, r.error_code, r.message, r.settings, r.results, to_jsonb(r) ->> 'fills'
