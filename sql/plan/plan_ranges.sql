-- Plans all raw rows as ranges of blocks of the raw table. No row is written to etl_work, and each range is read in order.
--   $1 the run   $2 name of the rule set   $3 blocks of the raw table   $4 blocks of a batch   $5 whether nothing is published yet
--   $6 rows of the raw table. The plan assumes that each block has the same number of rows, and loading corrects the numbers.
--      NULL: count the rows of each range now
-- Returns raw rows, planned rows, the rows of the largest range, and the number of batches.
WITH ranges AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY first) AS batch_no, first, least(first + $4::bigint, $3::bigint) AS before,
           CASE WHEN $6::bigint IS NULL THEN (
               SELECT count(*) FROM :"raw" r
                WHERE r.ctid >= format('(%s,0)', first)::tid
                  AND r.ctid <  format('(%s,0)', least(first + $4::bigint, $3::bigint))::tid)
           ELSE $6::bigint * least(first + $4::bigint, $3::bigint) / $3::bigint - $6::bigint * first / $3::bigint
           END AS rows
      FROM generate_series(0, $3::bigint - 1, $4::bigint) AS first
), put AS (
    INSERT INTO :"staging".etl_batches (run_id, batch_no, row_count, rule_set, first_block, end_block, is_new)
    SELECT $1::uuid, batch_no, rows, $2::text, first, before, $5::boolean FROM ranges WHERE rows > 0
)
SELECT CASE WHEN $6::bigint IS NULL THEN (SELECT count(*) FROM :"raw") ELSE $6::bigint END, coalesce(sum(rows), 0)::bigint, coalesce(max(rows), 0)::bigint,
       count(*) FILTER (WHERE rows > 0)
  FROM ranges
