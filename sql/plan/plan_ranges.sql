-- Plans all raw rows as ranges of blocks of the raw table. No row is written to etl_work, and each range is read in order.
--   $1 blocks of the raw table   $2 blocks of a batch
--   $3 rows of the raw table. The plan assumes that each block has the same number of rows, and loading corrects the numbers.
--      NULL: count the rows of each range now
--   $4 the run   $5 name of the rule set   $6 whether nothing is published yet
--   :is_forecast   only count the ranges, for a dry run, which has only the first three parameters
-- Returns raw rows, planned rows, the rows of the largest range, and the number of batches.
WITH ranges AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY first) AS batch_no, first, least(first + $2::bigint, $1::bigint) AS before,
           CASE WHEN $3::bigint IS NULL THEN (
               SELECT count(*) FROM :"raw" r
                WHERE r.ctid >= format('(%s,0)', first)::tid
                  AND r.ctid <  format('(%s,0)', least(first + $2::bigint, $1::bigint))::tid)
           ELSE $3::bigint * least(first + $2::bigint, $1::bigint) / $1::bigint - $3::bigint * first / $1::bigint
           END AS rows
      FROM generate_series(0, $1::bigint - 1, $2::bigint) AS first
\if :is_forecast
\else
), put AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set, first_block, end_block, is_new)
    SELECT $4::uuid, batch_no, rows, $5::text, first, before, $6::boolean FROM ranges WHERE rows > 0
\endif
)
SELECT CASE WHEN $3::bigint IS NULL THEN (SELECT count(*) FROM :"raw") ELSE $3::bigint END, coalesce(sum(rows), 0)::bigint, coalesce(max(rows), 0)::bigint,
       count(*) FILTER (WHERE rows > 0)
  FROM ranges
