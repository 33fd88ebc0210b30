-- Plans a fill: writes the raw rows whose published version is the current one into etl_work and into the queue, in the order
-- in which the raw table stores them. All other raw rows are rejected or left for a run.
--   $1 the run   $2 name of the rules   $3 rows at most, or NULL   $4 rows of a batch
--   :has_places   as in work_rows.sql
-- Returns the counts of the plan in the order of read_plan.sql.
WITH ended AS (
    -- Batches of an earlier fill that failed. This plan contains their work.
    UPDATE :"staging".etl_batches SET state = 'superseded'
     WHERE run_id <> $1::uuid AND state IN ('queued', 'claimed', 'failed')
), todo AS MATERIALIZED (
\if :has_places
    SELECT r.job_id, s.source_hash, row_number() OVER (ORDER BY r.ctid) AS n
\else
    SELECT r.job_id, s.source_hash, row_number() OVER (ORDER BY r.job_id) AS n
\endif
      FROM :"raw" r JOIN :"staging".staging_jobs s ON s.job_id = r.job_id
     WHERE s.source_hash = :fingerprint
\if :has_places
     ORDER BY r.ctid LIMIT $3::bigint
\else
     ORDER BY r.job_id LIMIT $3::bigint
\endif
), work AS (
    INSERT INTO :"staging".etl_work (batch_no, job_id, source_hash)
    SELECT (n - 1) / $4::bigint + 1, job_id, source_hash FROM todo
    RETURNING batch_no
), cut AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set)
    SELECT $1::uuid, batch_no, count(*), $2::text FROM work GROUP BY batch_no
    RETURNING row_count
), counts AS (
    SELECT (SELECT count(*) FROM :"raw") AS raw,
           (SELECT coalesce(sum(row_count), 0)::bigint FROM cut) AS planned,
           (SELECT count(*) FROM :"raw" r JOIN :"staging".etl_rejects j ON j.job_id = r.job_id
             WHERE j.source_hash = :fingerprint) AS rejected,
           (SELECT count(*) FROM cut) AS batches
)
INSERT INTO :"staging".etl_plans (run_id, raw, planned, unchanged, rejected_before, left_rows, batches)
SELECT $1::uuid, raw, planned, 0, rejected, raw - planned - rejected, batches FROM counts
RETURNING raw, planned, unchanged, rejected_before, left_rows, batches
