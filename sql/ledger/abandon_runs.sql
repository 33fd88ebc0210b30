-- Marks runs without an end as abandoned. These runs cannot be in progress, because the present run has the run lock.
--   $1 the present run
WITH left_over AS (
    UPDATE :"staging".etl_runs SET state = 'abandoned', finished_at = clock_timestamp()
     WHERE state = 'running' AND run_id <> $1
    RETURNING run_id, attempt
), gone AS (
    UPDATE :"staging".etl_workers w SET ended_at = clock_timestamp()
      FROM left_over WHERE w.run_id = left_over.run_id AND w.ended_at IS NULL
)
INSERT INTO :"staging".etl_events (run_id, attempt, event)
SELECT run_id, attempt, 'run abandoned' FROM left_over
