-- Deletes old runs and all their entries from the ledger, the oldest first. Keeps runs that are in progress, the present run,
-- and runs with unpublished batches, because a retry or another run may resume them.
--   $1 the present run   $2 days   $3 runs at most
WITH old AS (
    SELECT r.run_id FROM :"staging".etl_runs r
     WHERE r.finished_at < clock_timestamp() - make_interval(days => $2::integer)
       AND r.run_id <> $1::uuid AND r.state <> 'running'
       AND NOT EXISTS (SELECT 1 FROM :"staging".etl_batches b
                        WHERE b.run_id = r.run_id AND b.state IN ('queued', 'claimed', 'failed'))
     ORDER BY r.finished_at LIMIT $3::bigint
), phases AS (
    DELETE FROM :"staging".etl_phases x USING old WHERE x.run_id = old.run_id
), events AS (
    DELETE FROM :"staging".etl_events x USING old WHERE x.run_id = old.run_id
), workers AS (
    DELETE FROM :"staging".etl_workers x USING old WHERE x.run_id = old.run_id
), plans AS (
    DELETE FROM :"staging".etl_plans x USING old WHERE x.run_id = old.run_id
), batches AS (
    DELETE FROM :"staging".etl_batches x USING old WHERE x.run_id = old.run_id
)
DELETE FROM :"staging".etl_runs x USING old WHERE x.run_id = old.run_id
