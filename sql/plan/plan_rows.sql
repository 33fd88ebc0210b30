-- Writes the rows to process into etl_work, each with the number of its batch, in the order of the raw table on disk.
--   $1 true: leave out rejected rows that have not changed; false: all rows   $2 the most rows, or NULL   $3 rows of a batch
WITH todo AS MATERIALIZED (
    SELECT job_id, source_hash, row_number() OVER (ORDER BY block_place) AS n
      FROM etl_found WHERE raw IS NULL AND NOT ($1::boolean AND rejected)
     ORDER BY block_place LIMIT $2::bigint
), put AS (
    INSERT INTO :"staging".etl_work (batch_no, job_id, source_hash)
    SELECT (n - 1) / $3::bigint + 1, job_id, source_hash FROM todo
), found AS (
    SELECT max(raw) AS raw, count(*) FILTER (WHERE raw IS NULL) AS rows,
           count(*) FILTER (WHERE $1::boolean AND rejected) AS rejected
      FROM etl_found
)
SELECT raw, (SELECT count(*) FROM todo), raw - rows, rejected FROM found
