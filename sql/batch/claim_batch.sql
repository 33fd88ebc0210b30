-- Claims the next batch of the queue for a lane. In this order: a batch that the lane claimed in an earlier try and did not
-- finish; the first queued batch, if possible of a partition of this lane; a batch of a dead process. A process counts as dead when its last heartbeat is older
-- than the lease, or when it has ended. The lease is shorter if the connection of the process is closed.
--   $1 the run   $2 this process   $3 the lane   $4 lease in seconds   $5 lease of a process without a connection
--   $6 the number of the lane   $7 the lanes of this process
WITH mine AS (
    SELECT batch_no FROM :"staging".etl_batches
     WHERE run_id = $1::uuid AND state = 'claimed' AND worker = $2::uuid AND claimed_by = $3::text
     LIMIT 1
), queued AS (
    SELECT batch_no FROM :"staging".etl_batches
     WHERE run_id = $1::uuid AND state = 'queued' AND NOT EXISTS (SELECT 1 FROM mine)
     -- Two lanes that write to one partition wait for each other when it grows.
     ORDER BY coalesce(partition_no % $7::integer <> $6::integer, false), batch_no LIMIT 1
       FOR UPDATE SKIP LOCKED
), dead AS (
    SELECT b.batch_no FROM :"staging".etl_batches b
     WHERE b.run_id = $1::uuid AND b.state = 'claimed'
       AND NOT EXISTS (SELECT 1 FROM mine) AND NOT EXISTS (SELECT 1 FROM queued)
       AND NOT EXISTS (
           SELECT 1 FROM :"staging".etl_workers w
            WHERE w.worker = b.worker AND w.ended_at IS NULL
              AND w.heartbeat_at > clock_timestamp() - make_interval(secs => $4::float8)
              AND (w.heartbeat_at > clock_timestamp() - make_interval(secs => $5::float8)
                   OR EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = w.backend AND a.application_name = w.name)))
     ORDER BY b.batch_no LIMIT 1
       FOR UPDATE SKIP LOCKED
)
UPDATE :"staging".etl_batches b
   SET state = 'claimed', worker = $2::uuid, claimed_by = $3::text, claimed_at = clock_timestamp()
 WHERE b.run_id = $1::uuid
   AND b.batch_no = (SELECT batch_no FROM mine UNION ALL SELECT batch_no FROM queued UNION ALL SELECT batch_no FROM dead LIMIT 1)
RETURNING b.batch_no, b.row_count, b.first_block, b.end_block, b.partition IS NOT NULL AS has_partition,
\ir partition_name.sql
       AS partition_name
