-- Writes the rows to process into etl_work, each with the number of its batch, in the order of the raw table on disk.
--   $1 the run   $2 true: leave out rejected rows that have not changed; false: all rows   $3 the most rows, or NULL
--   $4 rows of a batch
WITH unfinished AS MATERIALIZED (
\ir ../ledger/unfinished_runs.sql
), todo AS MATERIALIZED (
    SELECT job_id, source_hash, rejected_by, row_number() OVER (ORDER BY block_place) AS n
      FROM etl_found WHERE raw IS NULL AND NOT ($2::boolean AND rejected)
     ORDER BY block_place LIMIT $3::bigint
), put AS (
    INSERT INTO :"staging".etl_work (batch_no, job_id, source_hash, was_rejected)
    SELECT (n - 1) / $4::bigint + 1, job_id, source_hash,
           rejected_by IS NOT NULL AND rejected_by NOT IN (SELECT run_id FROM unfinished)
      FROM todo
), found AS (
    SELECT max(raw) AS raw, count(*) FILTER (WHERE raw IS NULL) AS rows,
           count(*) FILTER (WHERE $2::boolean AND rejected) AS rejected
      FROM etl_found
)
SELECT raw, (SELECT count(*) FROM todo), raw - rows, rejected FROM found
