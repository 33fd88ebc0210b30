-- Plans all raw rows, as ranges of the raw table's blocks: no row is written down, and each range is read in order.
--   $1 the run   $2 the rule set's name   $3 blocks of the raw table   $4 blocks a batch   $5 whether nothing is published yet
--   $6 rows of the raw table, where they may be taken to lie evenly: what is loaded of a range is counted then; NULL: they
--      are counted now
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
